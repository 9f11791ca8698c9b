/* SPDX-License-Identifier: Apache-2.0 */
/* The host's side of decoding in a process of its own. */
#define _GNU_SOURCE
#include "isolated_host.h"

#include "../pixels/planes.h"

#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static _Atomic int64_t helpers_cpu;   /* of the helpers that have ended, in microseconds */
static _Atomic int patience = 60000;   /* milliseconds that a helper may take for an answer */

int64_t cfs_isolated_cpu(void) { return atomic_load(&helpers_cpu); }
void cfs_isolated_limit(int milliseconds) { atomic_store(&patience, milliseconds); }

/* Returns the helper's process if it has ended, 0 if it has not; and counts what it has used. */
static pid_t reap(cfs_isolated *it, int *how, int options) {
    struct rusage usage;
    pid_t ended;
    while ((ended = wait4(it->process, how, options, &usage)) < 0 && errno == EINTR) continue;
    if (ended != it->process) return ended < 0 && errno == ECHILD ? it->process : 0;
    atomic_fetch_add(&helpers_cpu, (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000)
                                       + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    return ended;
}

static void end(cfs_isolated *it) {
    if (it->has_ended || it->process <= 0) return;
    it->has_ended = 1;
    kill(it->process, SIGKILL);
    reap(it, NULL, 0);
}

int cfs_isolated_call(cfs_isolated *it, enum cfs_operation operation, int times) {
    if (it->has_ended) return CFS_DECODER_DIED;
    it->box->operation = operation;
    double deadline = now() + atomic_load(&patience) / 1000.0 * times;
    cfs_turn_pass(it->box);
    uint32_t turn;
    while ((turn = atomic_load(&it->box->turn)) & 1) {
        cfs_turn_wait(it->box, turn);
        if (!(atomic_load(&it->box->turn) & 1)) break;
        int how = 0;
        if (reap(it, &how, WNOHANG)) {
            it->has_ended = 1;
            av_log(NULL, AV_LOG_ERROR, "the decoder's process ended by %s %d\n", WIFSIGNALED(how) ? "signal" : "status",
                   WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
            return CFS_DECODER_DIED;
        }
        if (now() > deadline) {
            end(it);
            return CFS_DECODER_SLOW;
        }
    }
    it->reply = *it->box;
    char *log = it->reply.log;
    log[sizeof it->reply.log - 1] = it->reply.format[63] = it->reply.codec[63] = 0;
    for (char *c = log; *c; c++) if ((unsigned char)*c < 32) *c = ' ';
    if (*log) av_log(NULL, AV_LOG_ERROR, "%s\n", log);
    /* Only our own codes and libav's are passed on. */
    return it->reply.status > CFS_FINISHED ? AVERROR_INVALIDDATA : it->reply.status;
}

/* Returns whether this code is part of the program itself, so that the program started again becomes a helper, and not of a
   library that it loads later. */
static int is_main_program(struct dl_phdr_info *info, size_t size, void *found) {
    (void)size;
    uintptr_t code = (uintptr_t)&is_main_program;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && code >= start && code - start < info->dlpi_phdr[i].p_memsz) *(int *)found = 1;
    }
    return 1;   /* the program is the first one */
}

int cfs_can_isolate(void) {
    int is_ours = 0;
    dl_iterate_phdr(is_main_program, &is_ours);
    return is_ours && cfs_can_lock();
}

static int start(cfs_isolated *it, int fd) {
    if (!cfs_can_isolate()) return AVERROR(ENOSYS);
    posix_spawn_file_actions_t actions;
    int memory = fcntl(it->descriptor, F_DUPFD_CLOEXEC, 16), file = fcntl(fd, F_DUPFD_CLOEXEC, 16);
    if (memory < 0 || file < 0 || posix_spawn_file_actions_init(&actions)) {
        if (memory >= 0) close(memory);
        if (file >= 0) close(file);
        return AVERROR(EMFILE);
    }
    posix_spawn_file_actions_adddup2(&actions, memory, CFS_HELPER_MEMORY);
    posix_spawn_file_actions_adddup2(&actions, file, CFS_HELPER_FILE);
    /* Where its libraries are is all that the helper learns of the environment. */
    char library_path[4096] = "", *environment[] = {"COMPOSE_DECODER=1", NULL, NULL}, *arguments[] = {"compose-decoder", NULL};
    const char *path = getenv("LD_LIBRARY_PATH");
    if (path && (size_t)snprintf(library_path, sizeof library_path, "LD_LIBRARY_PATH=%s", path) < sizeof library_path)
        environment[1] = library_path;
    int status = posix_spawn(&it->process, "/proc/self/exe", &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(memory);
    close(file);
    if (status) it->process = 0;
    return status ? AVERROR(status) : 0;
}

static int is_possible(const cfs_video_info *info, int64_t max_pixels) {
    return info->width > 0 && info->height > 0 && (int64_t)info->width * info->height <= max_pixels && info->pixel_width > 0
        && info->pixel_height > 0 && info->orientation >= 1 && info->orientation <= 8 && info->time_num > 0
        && info->time_den > 0 && info->depth >= 1 && info->depth <= 32 && llabs(info->origin) < INT64_C(1) << 60;
}

int cfs_isolated_open(int fd, int64_t max_pixels, cfs_isolated **out) {
    *out = NULL;
    cfs_isolated *it = av_mallocz(sizeof *it);
    if (!it) return AVERROR(ENOMEM);
    it->descriptor = memfd_create("compose-decoder", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    it->max_pixels = max_pixels;
    it->size = CFS_PAGE;
    it->box = MAP_FAILED;
    int status = it->descriptor < 0 ? AVERROR(errno) : 0;
    if (!status && (ftruncate(it->descriptor, CFS_PAGE) < 0 || fcntl(it->descriptor, F_ADD_SEALS, F_SEAL_SHRINK) < 0))
        status = AVERROR(ENOMEM);
    if (!status) it->box = mmap(NULL, sizeof *it->box, PROT_READ | PROT_WRITE, MAP_SHARED, it->descriptor, 0);
    if (!status && it->box == MAP_FAILED) status = AVERROR(ENOMEM);
    if (!status) {
        it->box->magic = CFS_MAILBOX_MAGIC;
        it->box->max_pixels = max_pixels;
        status = start(it, fd);
    }
    if (!status) status = cfs_isolated_call(it, CFS_OPEN, 1);
    if (!status && !is_possible(&it->reply.info, max_pixels)) status = AVERROR_INVALIDDATA;
    it->info = it->reply.info;
    memcpy(it->format, it->reply.format, sizeof it->format);
    memcpy(it->codec, it->reply.codec, sizeof it->codec);
    if (status) cfs_isolated_free(it);
    else *out = it;
    return status;
}

void cfs_isolated_free(cfs_isolated *it) {
    if (!it) return;
    end(it);
    cfs_part_release(it->part);
    if (it->box != MAP_FAILED) munmap(it->box, sizeof *it->box);
    if (it->descriptor >= 0) close(it->descriptor);
    av_free(it);
}

int cfs_isolated_list_times(cfs_isolated *it, size_t most, cfs_video_time **times, size_t *count) {
    *times = NULL;
    *count = 0;
    it->box->most = most;
    it->box->room = 0;
    int status = cfs_isolated_call(it, CFS_LIST, 10);
    if (status || it->reply.count == 0) return status;
    uint64_t size = it->reply.count * sizeof **times;
    if (it->reply.count > most) return AVERROR_INVALIDDATA;
    if (!it->part || size > it->part->slot_size) status = cfs_part_add(it, size);
    if (status < 0) return status;
    it->box->place = it->part->place;
    it->box->room = it->part->slot_size;
    size_t expected = it->reply.count;
    status = cfs_isolated_call(it, CFS_LIST, 1);
    if (status < 0) return status;
    if (it->reply.count != expected || it->reply.is_too_small) return AVERROR_INVALIDDATA;
    cfs_video_time *list = av_malloc(size);
    if (!list) return AVERROR(ENOMEM);
    memcpy(list, it->part->base, size);
    for (size_t i = 0; i < expected; i++) {
        if ((i > 0 && list[i].time < list[i - 1].time) || llabs(list[i].time) > INT64_C(1) << 60 || list[i].duration > INT64_C(1) << 60) {
            av_free(list);
            return AVERROR_INVALIDDATA;
        }
    }
    *times = list;
    *count = expected;
    return 0;
}

int cfs_isolated_find(cfs_isolated *it, int64_t time, int64_t key, int64_t *shown_from) {
    it->box->time = time;
    it->box->key = key;
    int status = cfs_isolated_call(it, CFS_FIND, 1);
    *shown_from = it->reply.shown_from;
    return status == 0 && llabs(*shown_from) > INT64_C(1) << 60 ? AVERROR_INVALIDDATA : status;
}

int cfs_isolated_process(const cfs_isolated *it) { return it->has_ended ? 0 : (int)it->process; }
const cfs_video_info *cfs_isolated_info(const cfs_isolated *it) { return &it->info; }
const char *cfs_isolated_format(const cfs_isolated *it) { return it->format; }
const char *cfs_isolated_codec(const cfs_isolated *it) { return it->codec; }
#else
int cfs_can_isolate(void) { return 0; }
int cfs_isolated_open(int fd, int64_t max_pixels, cfs_isolated **isolated) {
    (void)fd; (void)max_pixels;
    *isolated = NULL;
    return AVERROR(ENOSYS);
}
void cfs_isolated_free(cfs_isolated *isolated) { (void)isolated; }
int cfs_isolated_list_times(cfs_isolated *isolated, size_t most, cfs_video_time **times, size_t *count) {
    (void)isolated; (void)most; (void)times; (void)count;
    return AVERROR(ENOSYS);
}
int cfs_isolated_find(cfs_isolated *isolated, int64_t time, int64_t key, int64_t *shown_from) {
    (void)isolated; (void)time; (void)key; (void)shown_from;
    return AVERROR(ENOSYS);
}
int cfs_isolated_process(const cfs_isolated *isolated) { (void)isolated; return 0; }
int64_t cfs_isolated_cpu(void) { return 0; }
void cfs_isolated_limit(int milliseconds) { (void)milliseconds; }
const cfs_video_info *cfs_isolated_info(const cfs_isolated *isolated) { (void)isolated; return NULL; }
const char *cfs_isolated_format(const cfs_isolated *isolated) { (void)isolated; return ""; }
const char *cfs_isolated_codec(const cfs_isolated *isolated) { (void)isolated; return ""; }
#endif
