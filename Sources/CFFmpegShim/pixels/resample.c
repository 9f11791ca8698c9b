/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A separable polyphase resampler for 8-bit 4:2:0 with exact sub-pixel positions, used for moving pictures.
 *
 * zimg can do the same with a fractional active region, but it rebuilds a whole graph for every new position, which
 * costs as much again as the resize. Here a new position costs one set of coefficients per axis.
 *
 * It works vertically first, a row at a time into 16-bit values with 6 fractional bits, then horizontally into 8 bits.
 * All arithmetic uses integers with one defined rounding, so plain C, AVX2 and AVX-512 give the same bytes.
 */
#include "resample.h"

#include <math.h>
#include <string.h>

struct cfs_resampler {
    struct axis x, y;
    int16_t *row;
    size_t row_room;
};

cfs_resampler *cfs_resampler_create(void) { return av_mallocz(sizeof(cfs_resampler)); }

void cfs_resampler_free(cfs_resampler *resampler) {
    if (!resampler) return;
    av_free(resampler->x.start);
    av_free(resampler->x.weights);
    av_free(resampler->y.start);
    av_free(resampler->y.weights);
    av_free(resampler->row);
    av_free(resampler);
}

static int make_room(void **memory, size_t *room, size_t needed) {
    if (needed <= *room) return 0;
    av_free(*memory);
    *memory = av_malloc(needed);
    *room = *memory ? needed : 0;
    return *memory ? 0 : AVERROR(ENOMEM);
}

/* Catmull-Rom: Keys' cubic with a = −1/2 (Keys 1981, eq. 15). */
static inline double kernel(double x) {
    x = fabs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
    return 0;
}

/* Computes the weights of `count` outputs over `size` source samples. Output i lies at sample ((step·i + site)·scale +
   offset − site) / step, where `step` and `site` place the plane's samples among luma pixels. `one` is the value of
   1.0. */
static int prepare(struct axis *axis, int count, int size, cfs_axis map, int step, double site, int one, int horizontal) {
    double widen = fmax(map.scale, 1);
    int taps = (int)ceil(4 * widen - 1e-9);
    taps = cfs_min((taps + 1) / 2 * 2, MAX_TAPS);
    int real = cfs_min(taps, size);      /* a picture may be narrower than the kernel */
    int blocks = (count + BLOCK - 1) / BLOCK;
    int padded = blocks * BLOCK;
    if (make_room((void **)&axis->start, &axis->start_room, (size_t)padded * sizeof *axis->start) < 0
        || make_room((void **)&axis->weights, &axis->weight_room, (size_t)padded * (size_t)taps * sizeof *axis->weights) < 0)
        return AVERROR(ENOMEM);
    axis->taps = taps;
    axis->count = count;
    axis->first = size;
    axis->last = 0;
    double inverse = 1 / widen;
    for (int i = 0; i < padded; i++) {
        int output = cfs_min(i, count - 1);
        double position = ((step * output + site) * map.scale + map.offset - site) / step;
        /* Far outside, only the edge matters; this also keeps the integers small. */
        position = fmin(fmax(position, -1.0 - 2 * widen), size + 2 * widen);
        int first = (int)floor(position - 2 * widen) + 1;
        int start = cfs_clamp(first, 0, size - real);
        double weights[MAX_TAPS] = {0}, sum = 0;
        for (int k = 0; k < taps; k++) {
            double weight = kernel((first + k - position) * inverse);
            weights[cfs_clamp(first + k, 0, size - 1) - start < real
                        ? cfs_max(cfs_clamp(first + k, 0, size - 1) - start, 0) : real - 1] += weight;
            sum += weight;
        }
        int16_t *out = horizontal
            ? axis->weights + (size_t)(i / BLOCK) * BLOCK * (size_t)taps + (size_t)(i % BLOCK) * 2
            : axis->weights + (size_t)i * (size_t)taps;
        size_t pair_stride = horizontal ? 2 * BLOCK : 2;
        int total = 0, largest = 0;
        int values[MAX_TAPS];
        for (int k = 0; k < taps; k++) {
            values[k] = (int)lrint(weights[k] / sum * one);
            total += values[k];
            if (abs(values[k]) > abs(values[largest])) largest = k;
        }
        values[largest] += one - total;      /* flat areas stay flat */
        for (int k = 0; k < taps; k++)
            out[(size_t)(k / 2) * pair_stride + (size_t)(k & 1)] = (int16_t)cfs_clamp(values[k], -32768, 32767);
        axis->start[i] = start;
        axis->first = cfs_min(axis->first, start);
        axis->last = cfs_max(axis->last, start + real);
    }
    return 0;
}

static int resample_plane(cfs_resampler *r, const uint8_t *source, ptrdiff_t source_stride, uint8_t *target,
                          ptrdiff_t target_stride, int height) {
    int columns = r->x.last - r->x.first;
    int simd = cfs_simd_level();
    const uint8_t *rows[MAX_TAPS];
    (void)simd;
    if (make_room((void **)&r->row, &r->row_room, ((size_t)columns + ROW_PADDING) * sizeof *r->row) < 0)
        return AVERROR(ENOMEM);
    memset(r->row + columns, 0, ROW_PADDING * sizeof *r->row);
    for (int y = 0; y < height; y++) {
        for (int k = 0; k < r->y.taps; k++) {
            int line = cfs_min(r->y.start[y] + k, r->y.last - 1);   /* taps past the end have no weight */
            rows[k] = source + (ptrdiff_t)line * source_stride + r->x.first;
        }
        const int16_t *weights = r->y.weights + (size_t)y * (size_t)r->y.taps;
        uint8_t *out = target + (ptrdiff_t)y * target_stride;
#if defined(__x86_64__)
        if (simd >= 2 && columns >= 32) {
            cfs_vertical_avx512(rows, weights, r->y.taps, columns, r->row);
            cfs_horizontal_avx512(r->row, &r->x, out);
            continue;
        }
        if (simd >= 1 && columns >= 16) {
            cfs_vertical_avx2(rows, weights, r->y.taps, columns, r->row);
            cfs_horizontal_avx2(r->row, &r->x, out);
            continue;
        }
#endif
        cfs_vertical_c(rows, weights, r->y.taps, columns, r->row);
        cfs_horizontal_c(r->row, &r->x, out);
    }
    return 0;
}

int cfs_resample(cfs_resampler *r, const cfs_frame *source, cfs_frame *target, cfs_axis x, cfs_axis y) {
    int planes = cfs_min(cfs_plane_count(source), cfs_plane_count(target));
    for (int plane = 0; plane < planes; plane++) {
        int chroma = plane == 1 || plane == 2;
        int status = 0;
        /* U's samples are placed unlike Y's: on every second pixel, left-sited. V is like U, and A like Y. */
        if (plane == 0 || plane == 1 || plane == 3) {
            status = prepare(&r->x, cfs_plane_width(target, plane), cfs_plane_width(source, plane), x, chroma ? 2 : 1, 0.5,
                             1 << 14, 1);
            if (!status)
                status = prepare(&r->y, cfs_plane_height(target, plane), cfs_plane_height(source, plane), y,
                                 chroma ? 2 : 1, chroma ? 1 : 0.5, 1 << 14, 0);
        }
        if (!status)
            status = resample_plane(r, source->data[plane], source->linesize[plane], target->data[plane],
                                    target->linesize[plane], cfs_plane_height(target, plane));
        if (status) return status;
    }
    return 0;
}
