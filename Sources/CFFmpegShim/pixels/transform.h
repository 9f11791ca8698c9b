/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of samples (transform_rows.c) and their kernels (transform_kernels.c), for transform.c. */
#ifndef CFS_TRANSFORM_H
#define CFS_TRANSFORM_H

#include "../internal.h"

enum {
    MOST_PLANES = 3,        /* that are sampled together */
    RUN = 16,               /* outputs whose positions are counted from one exact position */
    POSITION_BITS = 16,     /* of a position's fraction */
    WEIGHT_ONE = 1 << 13,
};

/* One weight's cubic polynomials of the fraction of a position, in 8192ths, along the source's x and y. */
struct cubic { int16_t x[4], y[4]; };

/* Planes of one size, sampled at the same positions, and the kernel's weights. */
struct samples {
    const uint8_t *data[MOST_PLANES];
    int planes;
    int zero;               /* if not 0: the last plane is alpha, and this what a colour of alpha 0 is in the others */
    ptrdiff_t stride;       /* of all of them */
    int width, height;
    ptrdiff_t ahead;        /* from a sample to that of an output some rows further down, which vectors fetch in good time */
    int64_t axis_x, period_x, axis_y, period_y;   /* positions are mirrored about axis, and repeat after period; 0 does neither */
    int is_whole;           /* positions fit 32 bits, so vectors may be used */
    struct cubic weights[3];  /* of the taps 0, 2 and 3; tap 1 has the rest */
};

/* The positions of RUN outputs: a sample's number, with POSITION_BITS of fraction. */
struct run {
    int64_t x, y;                       /* of the first output */
    const int32_t *step_x, *step_y;     /* RUN distances from it */
};

/* The positions of several runs, in 2^32ths. */
struct line {
    int64_t x, y, move_x, move_y;
    const int32_t *step_x, *step_y;
};

/* Returns a position mirrored into the picture. */
static inline int64_t cfs_fold(int64_t position, int64_t axis, int64_t period) {
    if (!period) return position;
    int64_t rest = (position - axis) % period;
    if (rest < 0) rest += period;
    return axis + (rest <= period / 2 ? rest : period - rest);
}

/* Draws the outputs left…right of one row; the first byte of `out` is output `origin`, a multiple of RUN. Output 0 shows the
   sample at (x, y), which counts from the first sample's middle. */
void cfs_sample_row(const struct samples *samples, double x, double y, double step_x, double step_y, int left, int right,
                    int origin, uint8_t *const *out);

/* Draws `count` outputs (1…RUN) of a run, from output `first` on. */
void cfs_sample_plain(const struct samples *samples, const struct run *run, int first, int count, uint8_t *const *out);
#if defined(__x86_64__)
/* Draw all of `count` runs, all of whose taps must be inside; nothing is mirrored. Run i begins at (x + move_x · i) / 2^16. */
void cfs_sample_avx2(const struct samples *samples, const struct line *line, int count, uint8_t *const *out);
void cfs_sample_avx512(const struct samples *samples, const struct line *line, int count, uint8_t *const *out);
#endif

#endif
