/* SPDX-License-Identifier: Apache-2.0 */
/* Opening media by descriptor, for all that is demuxed. */
#include "../internal.h"

#include <string.h>
#include <unistd.h>

/* Keeps demuxers from opening anything but the descriptor they were given. */
static int refuse_open(AVFormatContext *format, AVIOContext **io, const char *url, int flags, AVDictionary **options) {
    (void)format; (void)io; (void)url; (void)flags; (void)options;
    return AVERROR(EPERM);
}

/* Whether a file is a WAVE: in its packets libav looks for other codecs, in all of up to 2,500 of 4 kB again and again. */
static int is_wave(int fd) {
    char head[12];
    return pread(fd, head, sizeof head, 0) == sizeof head && !memcmp(head + 8, "WAVE", 4)
        && (!memcmp(head, "RIFF", 4) || !memcmp(head, "RF64", 4));
}

int cfs_demuxer_open(int fd, const char *formats, const char *codecs, const char *name, AVIOContext **io,
                     AVFormatContext **format) {
    *format = NULL;
    int copy = dup(fd);   /* reads are positional, so the copies do not affect each other */
    if (copy < 0) return AVERROR(errno);
    if (!(*io = cfs_io_open(copy))) return AVERROR(ENOMEM);
    AVFormatContext *opened = avformat_alloc_context();
    if (!opened) return AVERROR(ENOMEM);
    opened->pb = *io;
    opened->flags |= AVFMT_FLAG_CUSTOM_IO;
    opened->io_open = refuse_open;
    opened->max_streams = 64;
    opened->format_whitelist = av_strdup(formats);
    opened->codec_whitelist = av_strdup(codecs);
    if (is_wave(fd)) opened->max_probe_packets = 8;
    int status = avformat_open_input(&opened, NULL, name ? av_find_input_format(name) : NULL, NULL);
    if (status < 0) return status;   /* the context is freed */
    *format = opened;
    return 0;
}
