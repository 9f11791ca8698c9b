/* SPDX-License-Identifier: Apache-2.0 */
/* The packets of a sound file with exact times (packets.c). */
#ifndef CFS_PACKETS_H
#define CFS_PACKETS_H

#include "../internal.h"

/* The unit of times: it divides into samples at all common rates. */
enum { CFS_TICKS = 28224000 };


typedef struct {
    int fd;                    /* borrowed */
    AVIOContext *io;
    AVFormatContext *format;
    int stream;
    int has_exact_times;       /* its timestamps are not rounded */
    int64_t slack;             /* how far off they may be, in ticks; 0: three quarters of a frame */
    int can_lose_time;         /* it is a bare row of frames: what is damaged has no timestamps */
    int has_origin;
    int64_t origin;            /* what counts as time 0, in ticks of the file's own time */
    int64_t at;                /* the end of the packet before, in ticks of the file's own time */
    int64_t link;              /* the start of the current link of a chained file */
    int link_rate;             /* its samples per second; 0 for those of the first */
    int64_t early;             /* what libav takes from the end of a short Vorbis file for its first packet */
    int64_t lost;              /* how much time damage took from the timestamps */
    int64_t clean_bytes, clean_count;   /* of packets that are one whole frame */
    int64_t junk_bytes;        /* since the last of these: the bytes that belong to no frame, */
    int junk_packets;          /* the packets that are no frame, */
    int64_t junk_frames;       /* and how many frames more than packets they were, about */
    int failures;              /* reads that failed in a row */
} cfs_packets;

/* Opens the best sound stream of a file. Close with cfs_packets_close(), also after a failure. Blocks. */
int cfs_packets_open(cfs_packets *packets, int fd);
void cfs_packets_close(cfs_packets *packets);

/* Reads the stream's next packet; its pts and duration are in ticks from the start of the sound, and pts is negative for
   what is not to be heard. `*padding` is the number of ticks at its end that are not. Returns CFS_FINISHED at the end.
   The caller unreferences the packet. Blocks. */
int cfs_packets_next(cfs_packets *packets, AVPacket *packet, int64_t *padding);

/* Finds the length in ticks, from the headers if they are exact and by reading all packets if not; 0 if there is no
   sound. Afterwards the packets are at an unknown place. Blocks. */
int cfs_packets_measure(cfs_packets *packets, int64_t *length);

/* Returns the size in bytes of the MPEG frame whose header these four bytes are; 0 if they are none. */
int cfs_mpeg_frame_size(const uint8_t *h);

#endif
