/* SPDX-License-Identifier: Apache-2.0 */
/* A sound file being decoded (audio.c) and brought to stereo at 48 kHz (stereo.c). */
#ifndef CFS_AUDIO_H
#define CFS_AUDIO_H

#include "packets.h"

#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>

struct cfs_audio {
    int fd;                     /* kept for reopening */
    cfs_packets packets;
    AVCodecContext *decoder;
    SwrContext *resampler;
    AVChannelLayout in_layout;  /* the input that the resampler was made for */
    int in_rate, in_format, out_channels;
    AVPacket *packet;
    AVFrame *frame;
    AVFrame *silence;           /* samples of the resampler's input, all zero */
    int is_waiting;             /* `frame` is decoded, and comes after the silence */
    int64_t gap;                /* samples of silence to come first, at the input's rate */
    int64_t at;                 /* where the decoded sound has come to, in ticks */
    int drained;                /* the decoder was told that the input has ended */
    int has_decoded;            /* something could be decoded */
    int last_error;
    float *ready;               /* decoded samples that have not been read yet */
    int ready_count, ready_from, ready_room;
    int64_t length;             /* the samples to give in all; 0 for as many as there are */
    int64_t given;
    int64_t lost, first_lost;   /* samples that damage took, and where the first was; see cfs_audio_lost() */
    int64_t invalid;            /* those of them that were no numbers */
};

/* Passes `count` samples of a frame from `from` on, or NULL to drain, through the resampler into `ready`. Returns 0 or a
   negative code. */
int cfs_audio_resample(cfs_audio *audio, const AVFrame *frame, int from, int count);

/* Adapts the resampler to the frame, after draining the old one. Returns 0 or a negative code. */
int cfs_audio_fit_resampler(cfs_audio *audio, const AVFrame *frame);

#endif
