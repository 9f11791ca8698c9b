/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a picture that a layer is laid over (paint.c), for the blend modes (blend.c). */
#ifndef CFS_PAINT_H
#define CFS_PAINT_H

#include "../internal.h"

/* Two rows of pixels, or one at the end, and their row of chroma. */
struct strip {
    int rows;
    int width;                  /* of the part of the picture that is drawn into, from pixel 0 of these pointers on */
    int layer_width;            /* from there on: the layer may go on beyond */
    uint8_t *luma[2], *u, *v;
    const uint8_t *over_luma[2], *over_u, *over_v, *alpha[2];
};

/* Blends a strip by any mode but CFS_NORMAL. */
void cfs_blend_strip(const struct strip *strip, enum cfs_blend mode);

#endif
