/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gaussian blur.
 *
 * A wide blur leaves nothing that a coarser grid could not hold. So a plane is halved, in each direction as often as its
 * blur allows, by the filter 1 3 3 1, whose variance is known; blurred there by what is left of the variance, which takes
 * no more than 20 taps; and interpolated. It takes the same time for every width, and is nearly exact.
 *
 * Down comes first: rows are what vectors are good at, and then there are few of them left.
 */
#include "gaussian.h"

#include "vectors.h"

#include <math.h>
#include <string.h>

enum {
    PAD = 4,            /* samples that are kept beyond each edge of a halved plane: from there on it is constant */
    MOST_RADIUS = 24,
    CHUNK = 64,
};

/* A blur along one axis. */
struct axis {
    int halvings;
    int size;                        /* samples of the halved plane, without its padding */
    int radius;
    int pad;                         /* of the blurred plane */
    float weights[MOST_RADIUS + 1];  /* from the middle outwards */
    int count;                       /* outputs */
    int is_copy;                     /* outputs are the samples from at[0] on */
    int *at;                         /* first of four samples of each output, padding included */
    float (*mix)[4];
};

static int prepare(struct axis *axis, int size, double sigma, int count, double offset) {
    const double finest = 2.5, reach = 3.3;
    sigma = isfinite(sigma) ? fmin(fmax(sigma, 0), CFS_MOST_SIGMA) : sigma > 0 ? CFS_MOST_SIGMA : 0;
    memset(axis, 0, sizeof *axis);
    axis->count = count;
    double scale = 1;
    while (sigma >= finest * scale && axis->halvings < 12) {
        axis->halvings++;
        size = (size + 1) / 2;
        scale *= 2;
    }
    axis->size = size;
    /* The filter's variance is 3/4 of a pixel at each halving: 3/4 + 3 + 12 … */
    double rest = sqrt(fmax(sigma * sigma - 0.25 * (scale * scale - 1), 0)) / scale;
    axis->radius = rest < 0.05 ? 0 : cfs_min((int)ceil(reach * rest), MOST_RADIUS);
    double sum = 0;
    for (int k = 0; k <= axis->radius; k++) {
        double value = axis->radius ? exp(-0.5 * k * k / (rest * rest)) : 1;
        axis->weights[k] = (float)value;
        sum += k ? 2 * value : value;
    }
    for (int k = 0; k <= axis->radius; k++) axis->weights[k] = (float)(axis->weights[k] / sum);
    axis->pad = PAD + axis->radius;
    axis->at = av_malloc_array((size_t)count, sizeof *axis->at);
    axis->mix = av_malloc_array((size_t)count, sizeof *axis->mix);
    if (!axis->at || !axis->mix) return AVERROR(ENOMEM);
    int stored = size + 2 * axis->pad;
    axis->is_copy = 1;
    for (int i = 0; i < count; i++) {
        double position = (i + offset + 0.5) / scale - 0.5 + axis->pad;
        position = fmin(fmax(position, 1), stored - 3);   /* beyond, nothing changes any more */
        int first = (int)floor(position);
        double t = position - first;
        axis->at[i] = first - 1;
        axis->mix[i][0] = (float)(((-0.5 * t + 1) * t - 0.5) * t);
        axis->mix[i][1] = (float)((1.5 * t - 2.5) * t * t + 1);
        axis->mix[i][2] = (float)(((-1.5 * t + 2) * t + 0.5) * t);
        axis->mix[i][3] = (float)((0.5 * t - 0.5) * t * t);
        axis->is_copy = axis->is_copy && t == 0 && first == (int)(axis->at[0] + 1 + i);
    }
    return 0;
}

static void finish(struct axis *axis) {
    av_free(axis->at);
    av_free(axis->mix);
}

CFS_BODY void widen_body(const uint8_t *in, float *out, int width) {
    for (int x = 0; x < width; x++) out[x] = in[x];
}
CFS_VECTORS(widen, (const uint8_t *in, float *out, int width), (in, out, width))

CFS_BODY void halve_bytes_body(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, float *out, int width) {
    for (int x = 0; x < width; x++) out[x] = (float)(a[x] + d[x] + 3 * (b[x] + c[x])) * 0.125f;
}
CFS_VECTORS(halve_bytes, (const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, float *out, int width),
            (a, b, c, d, out, width))

CFS_BODY void halve_rows_body(const float *a, const float *b, const float *c, const float *d, float *out, int width) {
    for (int x = 0; x < width; x++) out[x] = (a[x] + d[x] + 3 * (b[x] + c[x])) * 0.125f;
}
CFS_VECTORS(halve_rows, (const float *a, const float *b, const float *c, const float *d, float *out, int width),
            (a, b, c, d, out, width))

/* Halves a row whose samples from −PAD on are given; `out` has `count` samples from −PAD on. */
CFS_BODY void halve_row_body(const float *in, int stored, float *out, int count) {
    for (int i = 0; i < count; i++) {
        int k = 2 * (i - PAD) - 1 + PAD;
        float tap[4];
        for (int n = 0; n < 4; n++) tap[n] = in[cfs_clamp(k + n, 0, stored - 1)];
        out[i] = (tap[0] + tap[3] + 3 * (tap[1] + tap[2])) * 0.125f;
    }
}
static void halve_row(const float *in, int stored, float *out, int count) {
    /* Most of it without looking for the ends. */
    int from = cfs_min(PAD, count), to = cfs_max(cfs_min((stored - 3) / 2 + PAD / 2 - 1, count), from);
    halve_row_body(in, stored, out, from);
    for (int i = from; i < to; i++) {
        const float *a = in + 2 * i - PAD - 1;
        out[i] = (a[0] + a[3] + 3 * (a[1] + a[2])) * 0.125f;
    }
    for (int i = to; i < count; i++) {
        const float *p = in;
        int k = 2 * i - PAD - 1;
        out[i] = (p[cfs_min(k, stored - 1)] + p[cfs_min(k + 3, stored - 1)]
                  + 3 * (p[cfs_min(k + 1, stored - 1)] + p[cfs_min(k + 2, stored - 1)])) * 0.125f;
    }
}

/* Weighs the rows at −radius … radius around rows[radius]. */
CFS_BODY void weigh_body(const float *const *rows, const float *weights, int radius, float *out, int width) {
    for (int from = 0; from < width; from += CHUNK) {
        int count = cfs_min(CHUNK, width - from);
        float sum[CHUNK];
        for (int x = 0; x < count; x++) sum[x] = rows[radius][from + x] * weights[0];
        for (int k = 1; k <= radius; k++) {
            const float *a = rows[radius - k] + from, *b = rows[radius + k] + from;
            float weight = weights[k];
            if (count == CHUNK) for (int x = 0; x < CHUNK; x++) sum[x] += weight * (a[x] + b[x]);
            else for (int x = 0; x < count; x++) sum[x] += weight * (a[x] + b[x]);
        }
        memcpy(out + from, sum, (size_t)count * sizeof *sum);
    }
}
CFS_VECTORS(weigh, (const float *const *rows, const float *weights, int radius, float *out, int width),
            (rows, weights, radius, out, width))

CFS_BODY void mix_rows_body(const float *const rows[4], const float mix[4], float gain, uint8_t *out, int width) {
    const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    float p = mix[0], q = mix[1], r = mix[2], s = mix[3];
    for (int x = 0; x < width; x++) {
        float value = (a[x] * p + b[x] * q + c[x] * r + d[x] * s) * gain + 0.5f;
        value = value < 0 ? 0 : value;
        value = value > 255 ? 255 : value;
        out[x] = (uint8_t)(int)value;
    }
}
CFS_VECTORS(mix_rows, (const float *const rows[4], const float mix[4], float gain, uint8_t *out, int width),
            (rows, mix, gain, out, width))

CFS_BODY void round_row_body(const float *in, float gain, uint8_t *out, int width) {
    for (int x = 0; x < width; x++) {
        float value = in[x] * gain + 0.5f;
        value = value < 0 ? 0 : value;
        value = value > 255 ? 255 : value;
        out[x] = (uint8_t)(int)value;
    }
}
CFS_VECTORS(round_row, (const float *in, float gain, uint8_t *out, int width), (in, gain, out, width))

/* Halves a plane downwards. Returns rows −PAD … size + PAD − 1 in floats, of the plane's width; NULL if out of memory. */
static float *halve_down(struct plane in, int halvings) {
    int size = in.height;
    size_t width = (size_t)in.width;
    float *rows = NULL;
    for (int n = 0; n < cfs_max(halvings, 1); n++) {
        int stored = size + 2 * PAD, halved = halvings ? (size + 1) / 2 : size, count = halved + 2 * PAD;
        float *next = n == 0 ? av_malloc_array((size_t)count, width * sizeof *next) : rows;   /* in place after the first */
        if (!next) return NULL;
        for (int i = 0; i < count; i++) {
            float *out = next + (size_t)i * width;
            if (!halvings) {
                widen_run(in.data + (ptrdiff_t)cfs_clamp(i - PAD, 0, size - 1) * in.stride, out, in.width);
            } else if (n == 0) {
                const uint8_t *from[4];
                for (int k = 0; k < 4; k++)
                    from[k] = in.data + (ptrdiff_t)cfs_clamp(2 * (i - PAD) - 1 + k, 0, size - 1) * in.stride;
                halve_bytes_run(from[0], from[1], from[2], from[3], out, in.width);
            }
        }
        if (n > 0) {
            /* Row i needs rows from 2i − PAD − 1 on, so the order that overwrites nothing still needed begins in the
               middle and goes both ways; a second buffer is simpler. */
            float *other = av_malloc_array((size_t)count, width * sizeof *other);
            if (!other) {
                av_free(rows);
                return NULL;
            }
            for (int i = 0; i < count; i++) {
                const float *from[4];
                for (int k = 0; k < 4; k++)
                    from[k] = rows + (size_t)cfs_clamp(2 * (i - PAD) - 1 + k + PAD, 0, stored - 1) * width;
                halve_rows_run(from[0], from[1], from[2], from[3], other + (size_t)i * width, in.width);
            }
            av_free(rows);
            next = other;
        }
        rows = next;
        size = halved;
    }
    return rows;
}

/* Halves and blurs one row across into `out`, which has the axis's padding. `spare` has room for three rows. */
static void blur_across(const struct axis *axis, const float *in, int width, float *spare, float *out) {
    int stored = width + 2 * PAD;
    size_t room = (size_t)stored + 2 * MOST_RADIUS * 2 + 4 * PAD;
    float *row = spare, *other = spare + room;
    for (int k = 0; k < PAD; k++) row[k] = in[0], row[PAD + width + k] = in[width - 1];
    memcpy(row + PAD, in, (size_t)width * sizeof *in);
    for (int n = 0; n < axis->halvings; n++) {
        width = (width + 1) / 2;
        halve_row(row, stored, other, width + 2 * PAD);
        stored = width + 2 * PAD;
        float *swap = row;
        row = other;
        other = swap;
    }
    /* Outputs reach `radius` beyond the padding, and each needs as many samples again. */
    int extra = 2 * axis->radius;
    memmove(other + extra, row, (size_t)stored * sizeof *row);
    for (int k = 0; k < extra; k++) other[k] = row[0], other[extra + stored + k] = row[stored - 1];
    const float *rows[2 * MOST_RADIUS + 1];
    for (int k = 0; k <= 2 * axis->radius; k++) rows[k] = other + k;
    weigh_run(rows, axis->weights, axis->radius, out, stored + 2 * axis->radius);
}

/* Interpolates a row across. */
static void spread_across(const struct axis *axis, const float *in, float *out) {
    if (axis->is_copy) {
        memcpy(out, in + axis->at[0] + 1, (size_t)axis->count * sizeof *in);
        return;
    }
    for (int i = 0; i < axis->count; i++) {
        const float *a = in + axis->at[i], *m = axis->mix[i];
        out[i] = a[0] * m[0] + a[1] * m[1] + a[2] * m[2] + a[3] * m[3];
    }
}

static int run(struct plane in, struct plane out, const struct axis *x, const struct axis *y, float gain) {
    int stored = y->size + 2 * PAD, blurred = y->size + 2 * y->pad;
    size_t columns = (size_t)x->size + 2 * (size_t)x->pad;
    size_t room = (size_t)cfs_max(in.width, x->size) + 2 * PAD + 4 * MOST_RADIUS + 4 * PAD;
    float *rows = halve_down(in, y->halvings);
    float *across = av_malloc_array((size_t)stored, columns * sizeof *across);
    float *down = av_malloc_array(columns, sizeof *down), *spare = av_malloc_array(room, 3 * sizeof *spare);
    float *wide = av_malloc_array((size_t)blurred, (size_t)out.width * sizeof *wide);
    int status = rows && across && down && spare && wide ? 0 : AVERROR(ENOMEM);
    for (int i = 0; !status && i < stored; i++)
        blur_across(x, rows + (size_t)i * (size_t)in.width, in.width, spare, across + (size_t)i * columns);
    for (int i = 0; !status && i < blurred; i++) {
        const float *from[2 * MOST_RADIUS + 1];
        for (int k = 0; k <= 2 * y->radius; k++)
            from[k] = across + (size_t)cfs_clamp(i - 2 * y->radius + k, 0, stored - 1) * columns;
        weigh_run(from, y->weights, y->radius, down, (int)columns);
        spread_across(x, down, wide + (size_t)i * (size_t)out.width);
    }
    for (int i = 0; !status && i < out.height; i++) {
        uint8_t *to = out.data + (ptrdiff_t)i * out.stride;
        const float *first = wide + (size_t)y->at[i] * (size_t)out.width;
        if (y->is_copy) {
            round_row_run(first + out.width, gain, to, out.width);
        } else {
            const float *from[4];
            for (int k = 0; k < 4; k++) from[k] = first + (size_t)k * (size_t)out.width;
            mix_rows_run(from, y->mix[i], gain, to, out.width);
        }
    }
    av_free(rows);
    av_free(across);
    av_free(down);
    av_free(spare);
    av_free(wide);
    return status;
}

int cfs_gaussian(struct plane in, struct plane out, double sigma_x, double sigma_y, double left, double top, double gain) {
    struct axis x, y;
    int status = prepare(&x, in.width, sigma_x, out.width, left);
    int other = prepare(&y, in.height, sigma_y, out.height, top);
    if (!status && !(status = other)) status = run(in, out, &x, &y, (float)gain);
    finish(&x);
    finish(&y);
    return status;
}
