/* SPDX-License-Identifier: Apache-2.0 */
/* Applying a table of colours to planes of 16 bits (colour.c). */
#ifndef CFS_COLOUR_H
#define CFS_COLOUR_H

#include "../internal.h"

typedef float v4 __attribute__((vector_size(16)));

/* The nodes along each side of the cube. With 33, tables of common profiles are exact to half a level of 255. */
enum { CFS_COLOUR_NODES = 33, CFS_MOST_PROFILE = 16 << 20 };

/* Changes planes of red, green and blue, or of grey in the first, in place. */
void cfs_colours_apply(const cfs_colours *colours, uint8_t *const planes[3], const ptrdiff_t strides[3], int width,
                       int height);

/* Maps a colour of PQ or HLG (BT.2020, 0 … 1) to one of SDR (hdr.c). */
void cfs_hdr_to_sdr(int is_hlg, const float in[3], float out[3]);

int cfs_colours_are_grey(const cfs_colours *colours);

#endif
