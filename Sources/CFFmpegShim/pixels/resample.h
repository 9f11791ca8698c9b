/* SPDX-License-Identifier: Apache-2.0 */
/* The resampler's coefficients (resample.c) and its kernels (resample_kernels.c). */
#ifndef CFS_RESAMPLE_H
#define CFS_RESAMPLE_H

#include "../internal.h"

enum {
    BLOCK = 16,             /* outputs whose horizontal coefficients are adjacent */
    MAX_TAPS = 256,         /* shrinks by 64 at once; plans shrink stills before they move */
    FRACTION = 6,           /* fractional bits between the passes */
    LIFT = FRACTION + 1,    /* of the input: times a 14-bit weight, divided by 2^15, that leaves FRACTION */
    ROW_PADDING = MAX_TAPS, /* samples a kernel may read past a row: a vector, or its taps in narrower pictures */
};

/* The coefficients of one axis of one plane. */
struct axis {
    int taps;               /* even */
    int count;              /* outputs */
    int first, last;        /* range of source samples used, half-open */
    int32_t *start;         /* first source sample of each output, from `first` on */
    int16_t *weights;       /* vertical: [output][tap]; horizontal: [block][pair][output][2]. At edges a sum of weights
                               exceeds 1, so 1.0 is 16384 and not 32768 */
    size_t start_room, weight_room;
};

/* One row of output from `taps` rows; one row of output from a row of 16-bit values. Plain C and the vectors give the same
   bytes; the vertical AVX2 one needs 16 samples a row, the AVX-512 one 32. */
void cfs_vertical_c(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out);
void cfs_horizontal_c(const int16_t *row, const struct axis *axis, uint8_t *out);
#if defined(__x86_64__)
void cfs_vertical_avx2(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out);
void cfs_horizontal_avx2(const int16_t *row, const struct axis *axis, uint8_t *out);
void cfs_vertical_avx512(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out);
void cfs_horizontal_avx512(const int16_t *row, const struct axis *axis, uint8_t *out);
#endif

#endif
