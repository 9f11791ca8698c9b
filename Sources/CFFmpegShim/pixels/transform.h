/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that sample a picture along a line (transform_kernels.c), for transform.c. */
#ifndef CFS_TRANSFORM_H
#define CFS_TRANSFORM_H

#include "../internal.h"

enum {
    RUN = 16,               /* outputs whose positions are counted from one exact position */
    POSITION_BITS = 16,     /* of a position's fraction */
    WEIGHT_ONE = 1 << 13,
};

/* One weight's cubic polynomials of the fraction of a position, in 8192ths, along the source's x and y. */
struct cubic { int16_t x[4], y[4]; };

/* Planes of one size, sampled at the same positions, and the kernel's weights. */
struct samples {
    const uint8_t *data[2];
    int planes;             /* 1 or 2 */
    ptrdiff_t stride;       /* of all of them */
    int width, height;
    int64_t axis_x, period_x, axis_y, period_y;   /* positions are mirrored about axis, and repeat after period; 0 does neither */
    int is_whole;           /* positions fit 32 bits, so vectors may be used */
    struct cubic weights[3];  /* of the taps 0, 2 and 3; tap 1 has the rest */
};

/* The positions of RUN outputs: a sample's number, with POSITION_BITS of fraction. */
struct run {
    int64_t x, y;                       /* of the first output */
    const int32_t *step_x, *step_y;     /* RUN distances from it */
};

/* Returns a position mirrored into the picture. */
static inline int64_t cfs_fold(int64_t position, int64_t axis, int64_t period) {
    if (!period) return position;
    int64_t rest = (position - axis) % period;
    if (rest < 0) rest += period;
    return axis + (rest <= period / 2 ? rest : period - rest);
}

/* Draws `count` outputs (1…RUN) of a run, from output `first` on. */
void cfs_sample_plain(const struct samples *samples, const struct run *run, int first, int count, uint8_t *const out[2]);
#if defined(__x86_64__)
/* Draw all of a run, all of whose taps must be inside; nothing is mirrored. */
void cfs_sample_avx2(const struct samples *samples, const struct run *run, uint8_t *const out[2]);
void cfs_sample_avx512(const struct samples *samples, const struct run *run, uint8_t *const out[2]);
#endif

#endif
