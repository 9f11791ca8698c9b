/* SPDX-License-Identifier: Apache-2.0 */
/* A video file being read (reader.c), and its stages: opening (open.c), decoding (decode.c) and deinterlacing. */
#ifndef CFS_VIDEO_INTERNAL_H
#define CFS_VIDEO_INTERNAL_H

#include "../internal.h"

typedef struct cfs_deinterlacer cfs_deinterlacer;

struct cfs_video {
    struct cfs_isolated *isolated;   /* the process that does everything else; NULL for this one */
    AVIOContext *io;
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *current, *next;    /* `current` is shown until `next` begins; without a buffer: none */
    AVFrame *decoded;           /* on its way to the deinterlacer */
    cfs_deinterlacer *deinterlacer;
    int64_t origin;             /* the file's time 0, in the stream's unit */
    int64_t second;             /* of the stream's unit */
    int is_drained;             /* the decoder was told that the input has ended */
    int has_started;            /* something was read */
    int is_at_start;            /* decoding began with the file's first packet */
    int has_no_pts;             /* the container has only times of decoding */
    int64_t lateness;           /* how much later than its turn the decoder stamps pictures then */
    int64_t first_dts;
    int64_t latest, step;       /* the time of the picture that came out last, and from the one before to it */
    int waits_for_key;
    int is_searched;            /* the container has no index: a seek may land anywhere */
    int is_settling;            /* no picture has come out since decoding began */
    int is_broken;              /* pictures depend on a damaged one, */
    int64_t broken_since;       /* which begins here */
};

/* The time of a decoded frame, in the stream's unit as the file has it. */
static inline int64_t cfs_shown_from(const AVFrame *frame) { return frame->best_effort_timestamp; }

int cfs_is_key(const AVFrame *frame);
int cfs_is_interlaced(const AVFrame *frame);

/* Decodes the next picture into an empty frame. AVERROR_EOF: there are no more. Damaged pictures are left out. Blocks. */
int cfs_video_decode(cfs_video *video, AVFrame *out);

/* Forgets everything decoded, before decoding begins elsewhere. */
void cfs_video_flush(cfs_video *video);

/* Returns the matrix of pictures of a size. What nobody said is guessed by size, as players do, and undivided constant luminance
   is taken for the usual kind. */
enum AVColorSpace cfs_settled_matrix(enum AVColorSpace said, int width, int height);

/* Returns the nine numbers of a stream's display matrix (ISO 14496-12, 8.3.2), which belong to the stream; NULL if it has none. */
const int32_t *cfs_display_matrix(const AVStream *stream);

/* Describes a decoded frame as a picture, with what its file does not say. Takes ownership of the frame, even on failure. */
int cfs_video_describe(AVFrame *frame, cfs_picture **picture);

/* Makes a deinterlacer for frames like this one; NULL if out of memory. Only interlaced frames are changed by it. */
cfs_deinterlacer *cfs_deinterlacer_create(const AVFrame *frame, AVRational unit);
void cfs_deinterlacer_free(cfs_deinterlacer *deinterlacer);
/* Returns whether it takes frames like this one. */
int cfs_deinterlacer_takes(const cfs_deinterlacer *deinterlacer, const AVFrame *frame);
/* Takes a frame's pixels, and leaves it empty; NULL ends the input. */
int cfs_deinterlacer_push(cfs_deinterlacer *deinterlacer, AVFrame *frame);
/* AVERROR(EAGAIN): it needs more input. AVERROR_EOF: there is no more. */
int cfs_deinterlacer_pull(cfs_deinterlacer *deinterlacer, AVFrame *frame);

#endif
