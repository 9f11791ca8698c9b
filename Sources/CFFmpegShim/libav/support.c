/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, errors and libav's log. */
#include "../internal.h"

#include <libavfilter/avfilter.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

const char *cfs_ffmpeg_version(void) { return av_version_info(); }

int cfs_check_libraries(char *message, size_t size) {
    const struct { const char *name; unsigned compiled, loaded; } libraries[] = {
        {"libavutil", LIBAVUTIL_VERSION_MAJOR, avutil_version() >> 16},
        {"libavcodec", LIBAVCODEC_VERSION_MAJOR, avcodec_version() >> 16},
        {"libavformat", LIBAVFORMAT_VERSION_MAJOR, avformat_version() >> 16},
        {"libavfilter", LIBAVFILTER_VERSION_MAJOR, avfilter_version() >> 16},
        {"libswscale", LIBSWSCALE_VERSION_MAJOR, swscale_version() >> 16},
        {"libswresample", LIBSWRESAMPLE_VERSION_MAJOR, swresample_version() >> 16},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        if (libraries[i].compiled == libraries[i].loaded) continue;
        snprintf(message, size, "%s %u is loaded but this program was built against %s %u; rebuild it here, or run it with "
                 "the FFmpeg it was built with", libraries[i].name, libraries[i].loaded, libraries[i].name,
                 libraries[i].compiled);
        return -1;
    }
    return 0;
}

int cfs_has_encoder(const char *name) { return avcodec_find_encoder_by_name(name) != NULL; }

void cfs_error_text(int status, char *text, size_t size) {
    if (!size) return;
    if (status == CFS_NOT_REGULAR) snprintf(text, size, "not a regular file");
    else if (status == CFS_TOO_LARGE) snprintf(text, size, "larger than is read into memory");
    else if (status == CFS_CHANGED) snprintf(text, size, "the file has changed since the edit was planned");
    else if (status == CFS_CUT_SHORT) snprintf(text, size, "the file ends before the picture does");
    else if (status == CFS_DECODER_DIED) snprintf(text, size, "the process that decodes it has ended; the file may be made to crash decoders");
    else if (status == CFS_DECODER_SLOW) snprintf(text, size, "the process that decodes it did not answer in time");
    else av_strerror(status, text, size);
}

int cfs_error_is_missing_stream(int status) {
    return status == AVERROR_STREAM_NOT_FOUND || status == AVERROR_DECODER_NOT_FOUND;
}

int cfs_error_is_no_space(int status) { return status == AVERROR(ENOSPC) || status == AVERROR(EDQUOT); }

static _Thread_local char lines[2048];      /* the lines since cfs_log_begin() */
static _Thread_local size_t last_line;      /* the start of the last line */
static _Thread_local int is_hushed;
static _Thread_local int is_own;            /* calls of ours under way on this thread, and one on threads of ours */
static _Thread_local char partial_line[1024];
static cfs_log_sink installed_sink;

/* Keeps a line. If there is no room, it replaces the earlier ones: the last line matters most. */
static void keep(const char *line) {
    size_t used = strlen(lines);
    if (used + strlen(line) + 2 > sizeof lines) used = 0;
    if (used) lines[used++] = '\n';
    last_line = used;
    snprintf(lines + used, sizeof lines - used, "%s", line);
}

/* Joins libav's fragments and passes on each line when its end arrives. Runs on any thread. What others in the process
   cause libav to log goes where it went before, unless somebody asked for all of it. */
static void log_callback(void *object, int level, const char *format, va_list arguments) {
    if (!is_own && !installed_sink) {
        av_log_default_callback(object, level, format, arguments);
        return;
    }
    if (level > cfs_max(av_log_get_level(), AV_LOG_WARNING)) return;
    char text[1024];
    int print_prefix = partial_line[0] == 0;
    av_log_format_line2(object, level, format, arguments, text, sizeof text, &print_prefix);
    size_t used = strlen(partial_line);
    snprintf(partial_line + used, sizeof partial_line - used, "%s", text);
    used = strlen(partial_line);
    if (used + 1 < sizeof partial_line && (!used || partial_line[used - 1] != '\n')) return;
    while (used && (partial_line[used - 1] == '\n' || partial_line[used - 1] == '\r')) partial_line[--used] = 0;
    char line[sizeof partial_line];
    memcpy(line, partial_line, used + 1);
    partial_line[0] = 0;
    if (!used) return;
    if (level <= AV_LOG_WARNING) keep(line);
    if (!is_hushed && installed_sink && level <= av_log_get_level()) installed_sink(level, line);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* Installs the callback even if nobody has asked for the log, because only lines that arrive here can be kept. */
static void take_log(void) { av_log_set_callback(log_callback); }

void cfs_log_install(cfs_log_sink sink, int level) {
    installed_sink = sink;
    av_log_set_level(level);
    pthread_once(&once, take_log);
}

const char *cfs_log_last(void) { return lines + last_line; }
const char *cfs_log_lines(void) { return lines; }
void cfs_log_hush(int hushed) { is_hushed = hushed; }

void cfs_log_begin(void) {
    pthread_once(&once, take_log);
    is_own++;
    lines[0] = 0;
    last_line = 0;
}

void cfs_log_end(void) { is_own--; }

static int simd_limit = 2;
static int simd_found;
static pthread_once_t simd_once = PTHREAD_ONCE_INIT;

static void find_simd(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) simd_found = 1;
    if (simd_found && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) simd_found = 2;
#endif
}

void cfs_limit_simd(int level) { __atomic_store_n(&simd_limit, level, __ATOMIC_RELAXED); }

int cfs_cpu_has_avx512(void) {
    pthread_once(&simd_once, find_simd);
    return simd_found == 2;
}

int cfs_simd_level(void) {
    pthread_once(&simd_once, find_simd);
    return cfs_min(simd_found, __atomic_load_n(&simd_limit, __ATOMIC_RELAXED));
}
