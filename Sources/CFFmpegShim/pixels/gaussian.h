/* SPDX-License-Identifier: Apache-2.0 */
/* Gaussian blur of planes (gaussian.c). */
#ifndef CFS_GAUSSIAN_H
#define CFS_GAUSSIAN_H

#include "../internal.h"

/* A plane of bytes. */
struct plane { uint8_t *data; ptrdiff_t stride; int width, height; };

/* The widest blur, in pixels. */
enum { CFS_MOST_SIGMA = 1000 };

/* Blurs `in`, whose edges are extended outwards, and draws the result into all of `out`, whose pixel (x, y) shows it at
   (x + left, y + top), multiplied by `gain`. The planes may be the same. -ENOMEM is the only failure. */
int cfs_gaussian(struct plane in, struct plane out, double sigma_x, double sigma_y, double left, double top, double gain);

#endif
