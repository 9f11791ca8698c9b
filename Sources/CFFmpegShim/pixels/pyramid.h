/* SPDX-License-Identifier: Apache-2.0 */
/* Halved copies of a frame (pyramid.c). */
#ifndef CFS_PYRAMID_H
#define CFS_PYRAMID_H

#include "../internal.h"

/* Returns the frame halved `across` times in width and `down` times in height, sizes rounded up; made now if need be, while
   others wait. It belongs to the pyramid. NULL if out of memory. Level 0, 0 is the frame itself. */
const AVFrame *cfs_pyramid_level(cfs_pyramid *pyramid, int across, int down);

/* Returns the alpha that belongs to a level's chroma samples, with the stride of its U plane: the mean of four pixels of the whole
   frame, halved as chroma is. NULL if out of memory, or if the frame has no alpha. Otherwise as cfs_pyramid_level(). */
const uint8_t *cfs_pyramid_chroma_alpha(cfs_pyramid *pyramid, int across, int down);

/* Returns how often a frame of that width or height may be halved. */
int cfs_pyramid_depth(int size);

#endif
