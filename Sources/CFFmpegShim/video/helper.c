/* SPDX-License-Identifier: Apache-2.0 */
/* The process that decodes a video file for another one. */
#define _GNU_SOURCE
#include "isolated.h"

#include "../pixels/planes.h"

#include <libavutil/imgutils.h>
#include <string.h>

int64_t cfs_layout(enum AVPixelFormat format, int width, int height, uint8_t *base, uint8_t *planes[4], int strides[4]) {
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(format);
    if (!desc || !(desc->flags & AV_PIX_FMT_FLAG_PLANAR) || (desc->flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL))
        || desc->comp[0].depth > 16 || width <= 0 || height <= 0 || av_image_check_size((unsigned)width, (unsigned)height, 0, NULL) < 0)
        return AVERROR_INVALIDDATA;
    int lines[4] = {0};
    int status = av_image_fill_linesizes(lines, format, FFALIGN(width, 64));
    if (status < 0) return status;
    int64_t total = 0;
    for (int p = 0; p < 4; p++) {
        strides[p] = FFALIGN(lines[p], 64);
        planes[p] = lines[p] && base ? base + total : NULL;
        int rows = p == 1 || p == 2 ? AV_CEIL_RSHIFT(height, desc->log2_chroma_h) : height;
        if (lines[p]) total += (int64_t)strides[p] * rows;
    }
    return total + 64;   /* decoders and kernels may read a little past the end */
}

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Sanitizers keep memory and descriptors of their own, so a helper with one is not locked. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

void cfs_turn_wait(cfs_mailbox *box, uint32_t turn) {
    struct timespec most = {0, 50000000};   /* never without end: the other side may be gone */
    syscall(SYS_futex, &box->turn, FUTEX_WAIT, turn, &most, NULL, 0);
}

void cfs_turn_pass(cfs_mailbox *box) {
    atomic_fetch_add(&box->turn, 1);
    syscall(SYS_futex, &box->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

#ifdef ARCHITECTURE
int cfs_can_lock(void) { return 1; }

/* Allows what decoding needs: computing, memory that is not executable, reading, waiting, and ending. */
static int lock_down(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_FSIZE, &none);
    setrlimit(RLIMIT_CORE, &none);
#ifdef IS_SANITIZED
    return 0;
#else
    struct rlimit memory = {UINT64_C(4) << 30, UINT64_C(4) << 30};
    setrlimit(RLIMIT_AS, &memory);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0)) return -1;
#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE(name, error)                                                                                            \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define ALLOW_WITHOUT_EXECUTION(name)                                                                                  \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 4),                                                             \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),                                        \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),               \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(futex), ALLOW(pread64), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(brk), ALLOW(fstat), ALLOW(lseek),
        ALLOW(dup), ALLOW(close), ALLOW(getppid), ALLOW(exit), ALLOW(exit_group), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(restart_syscall),
        ALLOW(sched_yield), ALLOW(clock_gettime), ALLOW(getrandom),
        ALLOW_WITHOUT_EXECUTION(mmap), ALLOW_WITHOUT_EXECUTION(mprotect),
        /* fstat() of new C libraries; the helper has no other name to ask for than that of a descriptor. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_newfstatat, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, AT_EMPTY_PATH, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        REFUSE(openat, EACCES), REFUSE(prlimit64, EPERM), REFUSE(ioctl, ENOTTY), REFUSE(sched_getaffinity, EPERM),
        REFUSE(write, EBADF), REFUSE(sysinfo, EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#endif
}

/* Copies a text to the mailbox, cut to its room. */
static void say(char *to, size_t room, const char *text) {
    size_t length = strnlen(text, room - 1);
    memcpy(to, text, length);
    to[length] = 0;
}

/* Maps the part of the memory in which a result may be written; NULL if that is not possible. */
static uint8_t *result_at(const cfs_mailbox *box) {
    void *at = mmap(NULL, box->room, PROT_READ | PROT_WRITE, MAP_SHARED, CFS_HELPER_MEMORY, (off_t)box->place);
    return at == MAP_FAILED ? NULL : at;
}

static int take(cfs_video *video, cfs_mailbox *box) {
    const AVFrame *frame = video->current;
    if (!frame->buf[0]) return AVERROR(EINVAL);
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    if (!desc) return AVERROR_INVALIDDATA;
    AVFrame *planar = NULL;
    if (!cfs_is_planar_yuv(desc)) {
        if (desc->comp[0].depth > 16 || (desc->flags & (AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_HWACCEL))) return AVERROR_PATCHWELCOME;
        if (!(planar = cfs_to_planes(frame, desc))) return AVERROR(ENOMEM);
        frame = planar;
    }
    uint8_t *planes[4];
    int strides[4];
    int64_t size = cfs_layout(frame->format, frame->width, frame->height, NULL, planes, strides);
    int status = size < 0 ? (int)size : 0;
    if (status == 0 && (uint64_t)size > box->room) {
        box->is_too_small = 1;
        box->size = (uint64_t)size;
    } else if (status == 0) {
        uint8_t *at = result_at(box);
        if (at) {
            cfs_layout(frame->format, frame->width, frame->height, at, planes, strides);
            av_image_copy(planes, strides, (const uint8_t **)frame->data, frame->linesize, frame->format, frame->width, frame->height);
            munmap(at, box->room);
        } else {
            status = AVERROR(ENOMEM);
        }
        box->pixel_format = frame->format;
        box->width = frame->width;
        box->height = frame->height;
        box->matrix = video->current->colorspace;
        box->range = planar ? AVCOL_RANGE_JPEG : (int)frame->color_range;
        box->chroma = video->current->chroma_location;
    }
    av_frame_free(&planar);
    return status;
}

static cfs_video_time *times;
static size_t time_count;

static int list(cfs_video *video, cfs_mailbox *box) {
    int status = times ? 0 : cfs_video_list_times(video, box->most, &times, &time_count);
    if (status < 0) return status;
    box->count = time_count;
    box->size = time_count * sizeof *times;
    if (box->size > box->room) {
        box->is_too_small = 1;
        return 0;
    }
    uint8_t *at = result_at(box);
    if (!at) return AVERROR(ENOMEM);
    if (time_count) memcpy(at, times, box->size);
    munmap(at, box->room);
    return 0;
}

static int carry_out(cfs_mailbox *box, cfs_video **video) {
    if (box->operation == CFS_OPEN) {
        if (*video) return AVERROR(EINVAL);
        int file = dup(CFS_HELPER_FILE);
        if (file < 0) return AVERROR(errno);
        int status = cfs_video_open(file, box->max_pixels, video);
        if (status < 0) return status;
        cfs_video_get_info(*video, &box->info);
        say(box->format, sizeof box->format, cfs_video_format(*video));
        say(box->codec, sizeof box->codec, cfs_video_codec(*video));
        return 0;
    }
    if (!*video) return AVERROR(EINVAL);
    switch (box->operation) {
    case CFS_LIST: return list(*video, box);
    case CFS_FIND: return cfs_video_find(*video, box->time, box->key, &box->shown_from);
    case CFS_TAKE: return take(*video, box);
    default: return AVERROR(EINVAL);
    }
}

static pid_t parent;

static void leave_if_alone(int signal) {
    (void)signal;
    if (getppid() != parent) _exit(0);
}

/* Runs before main(). It returns at once in all processes but helpers. */
__attribute__((constructor)) static void helper(void) {
    if (!getenv("COMPOSE_DECODER")) return;
    struct stat info;
    if (fstat(CFS_HELPER_MEMORY, &info) < 0 || info.st_size < (off_t)sizeof(cfs_mailbox)) return;
    cfs_mailbox *box = mmap(NULL, sizeof *box, PROT_READ | PROT_WRITE, MAP_SHARED, CFS_HELPER_MEMORY, 0);
    if (box == MAP_FAILED || box->magic != CFS_MAILBOX_MAGIC) return;
#ifdef SYS_close_range
    syscall(SYS_close_range, CFS_HELPER_FILE + 1, ~0u, 0);
#endif
    for (int fd = 0; fd < CFS_HELPER_MEMORY; fd++) close(fd);
    parent = getppid();
    /* A decoder that never returns must not outlive the host. The signal of a parent's death is no use: it is sent when the thread
       ends that started the helper. */
    struct sigaction look = {.sa_handler = leave_if_alone, .sa_flags = SA_RESTART};
    struct itimerval every = {{1, 0}, {1, 0}};
    sigaction(SIGALRM, &look, NULL);
    sigset_t alarm;   /* the thread that started the helper may have blocked it */
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
    if (lock_down()) _exit(98);
    cfs_video *video = NULL;
    cfs_log_begin();
    for (;;) {
        uint32_t turn;
        while (!((turn = atomic_load(&box->turn)) & 1)) {
            cfs_turn_wait(box, turn);
        }
        box->is_too_small = 0;
        cfs_log_begin();
        box->status = carry_out(box, &video);
        say(box->log, sizeof box->log, cfs_log_last());
        cfs_turn_pass(box);
    }
}
#else
int cfs_can_lock(void) { return 0; }
#endif
#else
int cfs_can_lock(void) { return 0; }
void cfs_turn_wait(cfs_mailbox *box, uint32_t turn) { (void)box; (void)turn; }
void cfs_turn_pass(cfs_mailbox *box) { (void)box; }
#endif
