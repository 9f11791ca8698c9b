/* SPDX-License-Identifier: Apache-2.0 */
/* Files of fonts: what may be one is decided before any library sees it, and what they see is a copy that never changes. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#ifdef __linux__
#define _GNU_SOURCE   /* memfd_create */
#endif
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the tables, which begin and end where the file's directory says, lie inside the file. */
static int directory_fits(int fd, off_t at, off_t size) {
    unsigned char head[12], entry[16];
    if (pread(fd, head, sizeof head, at) != sizeof head) return 0;
    unsigned count = (unsigned)head[4] << 8 | head[5];
    if (!count) return 0;
    for (unsigned i = 0; i < count; i++) {
        if (pread(fd, entry, sizeof entry, at + 12 + 16 * (off_t)i) != sizeof entry) return 0;
        off_t from = (off_t)((uint32_t)entry[8] << 24 | (uint32_t)entry[9] << 16 | (uint32_t)entry[10] << 8 | entry[11]);
        off_t length =
            (off_t)((uint32_t)entry[12] << 24 | (uint32_t)entry[13] << 16 | (uint32_t)entry[14] << 8 | entry[15]);
        if (from > size || length > size - from) return 0;
    }
    return 1;
}

static int check_open(int fd) {
    struct stat stat;
    if (fstat(fd, &stat)) return CTS_NO_FILE;
    if (!S_ISREG(stat.st_mode)) return CTS_NOT_REGULAR;
    if (stat.st_size > CTS_MOST_FONT_BYTES) return CTS_TOO_LARGE;
    unsigned char head[16];
    if (pread(fd, head, sizeof head, 0) != sizeof head) return CTS_NOT_A_FONT;
    uint32_t kind = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    switch (kind) {
    case 0x774F4646: case 0x774F4632: return CTS_WEB_FONT;                                  /* wOFF, wOF2 */
    case 0x00010000: case 0x4F54544F: case 0x74727565:                                      /* TrueType, OTTO, true */
        return directory_fits(fd, 0, stat.st_size) ? CTS_OK : CTS_NOT_A_FONT;
    case 0x74746366: {                                                                      /* ttcf */
        uint32_t first = (uint32_t)head[12] << 24 | (uint32_t)head[13] << 16 | (uint32_t)head[14] << 8 | head[15];
        return directory_fits(fd, (off_t)first, stat.st_size) ? CTS_OK : CTS_NOT_A_FONT;
    }
    default: return CTS_NOT_A_FONT;
    }
}

static int open_font(const char *path, int *fd) {
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);   /* a pipe would wait for its writer */
    return *fd < 0 ? CTS_NO_FILE : check_open(*fd);
}

/* Closes a descriptor, and leaves errno as it is. */
static void close_quietly(int fd) {
    int reason = errno;
    if (fd >= 0) close(fd);
    errno = reason;
}

int cts_check_font(const char *path) {
    int fd, status = open_font(path, &fd);
    close_quietly(fd);
    return status;
}

int cts_write_all(int fd, const unsigned char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return -1;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

int cts_memory_create(void) {
#ifdef __linux__
    return memfd_create("font", MFD_CLOEXEC | MFD_ALLOW_SEALING);
#else
    errno = ENOSYS;
    return -1;
#endif
}

int cts_memory_seal(int fd, char path[CTS_MEMORY_PATH]) {
    snprintf(path, CTS_MEMORY_PATH, "/proc/self/fd/%d", fd);
#ifdef __linux__
    if (!access(path, R_OK) && !fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)) return 0;
#endif
    return -1;
}

/* Copies what a descriptor has, but no more than may be in a font. */
static int copy_bytes(int from, int to) {
    enum { PIECE = 1 << 18 };
    unsigned char *piece = malloc(PIECE);
    if (!piece) return CTS_NO_MEMORY;
    int status = CTS_OK;
    for (off_t at = 0; !status;) {
        ssize_t got = pread(from, piece, PIECE, at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            status = got < 0 ? CTS_NO_FILE : CTS_OK;
            break;
        }
        at += got;
        if (at > CTS_MOST_FONT_BYTES) status = CTS_TOO_LARGE;
        else if (cts_write_all(to, piece, (size_t)got)) status = CTS_NO_MEMORY;
    }
    free(piece);
    return status;
}

int cts_font_copy(const char *path, int *copy, char place[CTS_MEMORY_PATH]) {
    *copy = -1;
    int fd, status = open_font(path, &fd);
    if (!status && (*copy = cts_memory_create()) >= 0) {
        status = copy_bytes(fd, *copy);
        if (!status) status = check_open(*copy);   /* it may have changed since */
        /* Without /proc the file itself is read. */
        if (status || cts_memory_seal(*copy, place)) {
            close_quietly(*copy);
            *copy = -1;
        }
    }
    close_quietly(fd);
    return status;
}
#endif
