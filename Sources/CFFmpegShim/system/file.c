/* SPDX-License-Identifier: Apache-2.0 */
/* Regular files by descriptor: exactly the given path is opened, without ever waiting. */
#define _GNU_SOURCE
#include "../internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <libavutil/murmur3.h>
#include <libavutil/sha.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

int cfs_file_open(const char *path, int64_t *size, int64_t *modified_ns, uint64_t *inode) {
    /* O_NONBLOCK: opening a FIFO without a writer would block forever. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return AVERROR(errno);
    struct stat info;
    if (fstat(fd, &info) < 0) {
        int status = AVERROR(errno);
        close(fd);
        return status;
    }
    if (!S_ISREG(info.st_mode)) {
        close(fd);
        return CFS_NOT_REGULAR;
    }
    *size = info.st_size;
#if defined(__APPLE__)
    *modified_ns = (int64_t)info.st_mtimespec.tv_sec * 1000000000 + info.st_mtimespec.tv_nsec;
#else
    *modified_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
#endif
    *inode = info.st_ino;
    return fd;
}

void cfs_file_close(int fd) { close(fd); }

int cfs_file_read(int fd, int64_t offset, uint8_t *bytes, size_t size, size_t *got) {
    *got = 0;
    while (*got < size) {
        ssize_t count = pread(fd, bytes + *got, size - *got, (off_t)(offset + (int64_t)*got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return AVERROR(errno);
        if (count == 0) break;
        *got += (size_t)count;
    }
    return 0;
}

int cfs_file_sync(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return AVERROR(errno);
    int status = fsync(fd) < 0 ? AVERROR(errno) : 0;
    close(fd);
    return status;
}

static int create(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return fd < 0 ? AVERROR(errno) : fd;
}

static int write_all(int fd, const uint8_t *bytes, size_t size) {
    int status = 0;
    while (size > 0 && !status) {
        ssize_t count = write(fd, bytes, size);
        if (count < 0) {
            if (errno != EINTR) status = AVERROR(errno);
            continue;
        }
        bytes += count;
        size -= (size_t)count;
    }
    return status;
}

int cfs_file_write(const char *path, const uint8_t *bytes, size_t size) {
    int fd = create(path);
    if (fd < 0) return fd;
    int status = write_all(fd, bytes, size);
    if (close(fd) < 0 && !status) status = AVERROR(errno);
    return status;
}

int cfs_file_write_held(const char *path, const uint8_t *bytes, size_t size) {
    int fd = create(path);
    if (fd < 0) return fd;
    flock(fd, LOCK_EX | LOCK_NB);   /* without lock support, nobody treats files as left behind */
    int status = write_all(fd, bytes, size);
    if (status >= 0) return fd;
    close(fd);
    return status;
}

int cfs_file_rename(const char *from, const char *to) { return rename(from, to) < 0 ? AVERROR(errno) : 0; }

int cfs_file_access(const char *path) { return access(path, R_OK | W_OK) < 0 ? AVERROR(errno) : 0; }
int cfs_error_is_missing(int status) { return status == AVERROR(ENOENT) || status == AVERROR(ENOTDIR); }

int cfs_file_remove(const char *path) { return unlink(path) < 0 && errno != ENOENT ? AVERROR(errno) : 0; }

int cfs_file_lock(const char *path, int create) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0), 0666);
    if (fd < 0) return AVERROR(errno);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int status = AVERROR(errno);
        close(fd);
        return status;
    }
    /* The previous holder may have removed the file; the lock would then have no effect. */
    struct stat held, named;
    if (fstat(fd, &held) < 0 || stat(path, &named) < 0 || held.st_ino != named.st_ino || held.st_dev != named.st_dev) {
        close(fd);
        return AVERROR(EWOULDBLOCK);
    }
    return fd;
}

int cfs_error_is_unsupported(int status) { return status == AVERROR(ENOTSUP); }
int cfs_error_is_busy(int status) { return status == AVERROR(EWOULDBLOCK); }

int cfs_file_touch(const char *path) { return utimensat(AT_FDCWD, path, NULL, 0) < 0 ? AVERROR(errno) : 0; }

int cfs_sha256(const uint8_t *bytes, size_t size, uint8_t *digest) {
    struct AVSHA *sha = av_sha_alloc();
    if (!sha) return AVERROR(ENOMEM);
    av_sha_init(sha, 256);
    av_sha_update(sha, bytes, size);
    av_sha_final(sha, digest);
    av_free(sha);
    return 0;
}

int cfs_sha256_file(int fd, int64_t size, uint8_t *digest) {
    enum { BLOCK = 1 << 20 };
    struct AVSHA *sha = av_sha_alloc();
    uint8_t *block = av_malloc(BLOCK);
    int status = sha && block ? 0 : AVERROR(ENOMEM);
    if (!status) av_sha_init(sha, 256);
    for (int64_t at = 0; at < size && !status;) {
        size_t wanted = (size_t)(size - at < BLOCK ? size - at : BLOCK), got = 0;
        status = cfs_file_read(fd, at, block, wanted, &got);
        if (!status && got < wanted) status = CFS_CHANGED;
        if (!status) av_sha_update(sha, block, got);
        at += (int64_t)got;
    }
    if (!status) av_sha_final(sha, digest);
    av_free(block);
    av_free(sha);
    return status;
}

int cfs_checksum(const uint8_t *bytes, size_t size, uint8_t *checksum) {
    struct AVMurMur3 *murmur = av_murmur3_alloc();
    if (!murmur) return AVERROR(ENOMEM);
    av_murmur3_init(murmur);
    av_murmur3_update(murmur, bytes, size);
    av_murmur3_final(murmur, checksum);
    av_free(murmur);
    return 0;
}

void cfs_memory_trim(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

void cfs_memory_return_blocks(void) {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

int cfs_memory_has_room(size_t bytes) {
    void *volatile block = malloc(bytes);   /* volatile: compilers may leave out a pair of malloc and free */
    free(block);
    return block != NULL;
}

void cfs_process_usage(int64_t *peak_bytes, double *cpu_seconds) {
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    *peak_bytes = usage.ru_maxrss;
#else
    *peak_bytes = (int64_t)usage.ru_maxrss * 1024;   /* Linux counts kibibytes */
    /* It also carries the peak of a parent over to the programs it starts; VmHWM is the program's own (proc(5)). */
    char line[128];
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status)) {
        long long kibibytes;
        if (sscanf(line, "VmHWM: %lld kB", &kibibytes) == 1) *peak_bytes = kibibytes * 1024;
    }
    if (status) fclose(status);
#endif
    *cpu_seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* The state of an AVIOContext on a descriptor. */
struct reader {
    int fd;
    int64_t position, size;
};

static int read_packet(void *opaque, uint8_t *bytes, int count) {
    struct reader *reader = opaque;
    ssize_t got;
    do got = pread(reader->fd, bytes, (size_t)count, (off_t)reader->position);
    while (got < 0 && errno == EINTR);
    if (got < 0) return AVERROR(errno);
    if (got == 0) return AVERROR_EOF;
    reader->position += got;
    return (int)got;
}

static int64_t seek_packet(void *opaque, int64_t offset, int whence) {
    struct reader *reader = opaque;
    int64_t position;
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return reader->size;
    case SEEK_SET: position = offset; break;
    case SEEK_CUR: position = reader->position + offset; break;
    case SEEK_END: position = reader->size + offset; break;
    default: return AVERROR(EINVAL);
    }
    if (position < 0) return AVERROR(EINVAL);
    return reader->position = position;
}

AVIOContext *cfs_io_open(int fd) {
    enum { BUFFER = 65536 };
    struct stat info;
    struct reader *reader = av_mallocz(sizeof *reader);
    uint8_t *buffer = av_malloc(BUFFER);
    AVIOContext *io = NULL;
    if (reader && buffer && fstat(fd, &info) == 0) {
        reader->fd = fd;
        reader->size = info.st_size;
        io = avio_alloc_context(buffer, BUFFER, 0, reader, read_packet, NULL, seek_packet);
    }
    if (!io) {
        av_free(buffer);
        av_free(reader);
        close(fd);
    }
    return io;
}

void cfs_io_close(AVIOContext **io) {
    if (!*io) return;
    struct reader *reader = (*io)->opaque;
    close(reader->fd);
    av_free(reader);
    av_freep(&(*io)->buffer);   /* libavformat may have replaced the original buffer */
    avio_context_free(io);
}
