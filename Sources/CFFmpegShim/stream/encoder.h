/* SPDX-License-Identifier: Apache-2.0 */
/* What an encoder consists of (open.c, encode.c). */
#ifndef CFS_ENCODER_H
#define CFS_ENCODER_H

#include "../internal.h"

#include <libavcodec/bsf.h>

struct cfs_encoder {
    AVCodecContext *context;
    AVFrame *frame;               /* the reference handed to the encoder, reused */
    AVFrame *upload;              /* its copy on the GPU, reused */
    enum AVPixelFormat format;    /* the format of input in memory */
    AVBufferPool *pool;           /* for frames in that format, if it is not the working format */
    cfs_kept_graph *graph;        /* for the conversion to it */
    cfs_palette *palette;         /* for pictures in 256 colours; borrowed */
    int is_svt;                   /* SVT-AV1, which must be ended in its own way */
    int frames_sent, has_ended;
    AVBSFContext *colours;        /* writes colours into the parameter sets of drivers that write their own; or NULL */
    int wants_header;             /* no packet has come out yet from which to take parameter sets */
};

#endif
