/* SPDX-License-Identifier: Apache-2.0 */
/* Video files: the picture shown at a time, exactly (video/). */
#ifndef CFS_VIDEO_H
#define CFS_VIDEO_H

#include <stddef.h>
#include <stdint.h>
#include "cfs_pixels.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CFS_NO_TIME INT64_MIN

/* A video file being read. Used by one thread at a time. */
typedef struct cfs_video cfs_video;

/* What a file says of its best video stream. */
typedef struct {
    int width, height;              /* of the pictures as stored */
    int pixel_width, pixel_height;  /* the shape of a pixel as stored; 1 and 1 if the file does not say */
    int orientation;                /* EXIF's number, 1 … 8, of the turn that makes the pictures upright */
    int time_num, time_den;         /* the unit of its times, in seconds */
    int64_t origin;                 /* the time 0 of the file, in that unit: the start of its earliest stream */
    int has_alpha, depth;           /* bits of a sample */
    int is_interlaced;
    int matrix, primaries, transfer;   /* ITU-T H.273; 2 if the file does not say, except for the matrix, */
    int is_matrix_guessed;          /* which is what players take such pictures for then */
    int is_full_range;
    int has_sound;
} cfs_video_info;

/* When a picture is shown, and whether decoding can begin with it. */
typedef struct {
    int64_t time, duration;         /* in the stream's unit, from the origin on; a duration of 0 is unknown */
    int is_key;
} cfs_video_time;

/* Opens the best video stream of a file, and takes ownership of the descriptor, even on failure. Only known formats and codecs
   are opened, and no other file. Pictures of more than `max_pixels` are errors. Blocks on the disk. Free it with
   cfs_video_free(). AVERROR_STREAM_NOT_FOUND: there is no video, or no decoder for it. */
int cfs_video_open(int fd, int64_t max_pixels, cfs_video **video);
void cfs_video_free(cfs_video *video);

/* Does the same in a process of its own, which can only compute and read this file (isolated.c): what crashes it, or keeps it busy
   for a minute, is an error here. Only where the calling program has this code in itself. AVERROR(ENOSYS): not on this system. */
int cfs_video_open_isolated(int fd, int64_t max_pixels, cfs_video **video);
int cfs_can_isolate(void);

/* The process that decodes a video; 0 if it is this one, or has ended. For tests. */
int cfs_video_process(const cfs_video *video);
/* The CPU time of such processes that have ended, in microseconds. */
int64_t cfs_isolated_cpu(void);
/* Sets how long such a process may take for an answer, 60,000 by default; for tests. Process-wide. */
void cfs_isolated_limit(int milliseconds);

void cfs_video_get_info(const cfs_video *video, cfs_video_info *info);
/* The names of the container and of the codec. Static. */
const char *cfs_video_format(const cfs_video *video);
const char *cfs_video_codec(const cfs_video *video);

/* Reads the whole file and lists when its pictures are shown, in order, without decoding them. At most `most` are listed; more
   are AVERROR(E2BIG). Free the list with cfs_video_times_free(). Blocks on the disk. */
int cfs_video_list_times(cfs_video *video, size_t most, cfs_video_time **times, size_t *count);
void cfs_video_times_free(cfs_video_time *times);

/* Finds the picture shown at a time, which is in the stream's unit from the origin on: the last one that begins at or before it,
   or the first one if all begin later. `*shown_from` is when it begins, which identifies it. Decodes on from the picture found
   before where that is near, and seeks otherwise; the result is the same. `key` is the time of the last picture at or before it
   that decoding can begin with, CFS_NO_TIME if it is not known: it only decides whether to seek. Blocks.
   CFS_FINISHED: no picture can be decoded. */
int cfs_video_find(cfs_video *video, int64_t time, int64_t key, int64_t *shown_from);

/* Returns the picture found last; free it with cfs_picture_free(). Its pixels may be the decoder's own, and are only read. */
int cfs_video_take(cfs_video *video, cfs_picture **picture);

/* Returns a working frame with a picture's own pixels, if the picture is already in the working format, upright and of this size;
   NULL if not, or out of memory. Free it with cfs_frame_free(); it must not be written to. */
cfs_frame *cfs_picture_share(const cfs_picture *picture, cfs_region region, int width, int height);

#ifdef __cplusplus
}
#endif
#endif
