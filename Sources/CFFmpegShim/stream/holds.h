/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a stream whose pictures are repeated (holds.c, holds_vp9.c). */
#ifndef CFS_HOLDS_H
#define CFS_HOLDS_H

#include "../internal.h"

struct cfs_holds {
    int is_vp9;                      /* of the fields below, only the header and `can_repeat` are then used */
    uint8_t *header;                 /* the encoder's parameter sets and ours */
    int header_size;
    int sps, sps_size, pps, pps_size;  /* the encoder's sets in the header */
    int sps_id, pps_id;
    int frame_num_bits, poc_bits;    /* poc_bits is 0 if the order follows from frame_num */
    unsigned macroblocks;
    unsigned inserted;               /* repeats since the last IDR */
    unsigned poc;                    /* that IDR's picture order count */
    int can_repeat;                  /* the last picture was that IDR, a key frame, or a repeat */
    uint8_t *scratch;
    unsigned scratch_size;
};

/* The same of VP9 as of H.264: takes the header, looks at a packet, and writes a repeat. */
int cfs_holds_configure_vp9(cfs_holds *holds, const uint8_t *extradata, int size);
int cfs_holds_pass_vp9(cfs_holds *holds, const cfs_packet *packet);
int cfs_holds_repeat_vp9(cfs_packet *packet);

#endif
