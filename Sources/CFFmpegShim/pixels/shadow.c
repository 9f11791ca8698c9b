/* SPDX-License-Identifier: Apache-2.0 */
/* Shadows: a layer's alpha, grown, blurred and moved. */
#include "gaussian.h"
#include "vectors.h"

#include <math.h>
#include <string.h>

enum { MOST_SPREAD = 200 };

CFS_BODY void largest_body(uint8_t *to, const uint8_t *from, int width) {
    for (int x = 0; x < width; x++) to[x] = to[x] > from[x] ? to[x] : from[x];
}
CFS_VECTORS(largest, (uint8_t *to, const uint8_t *from, int width), (to, from, width))

CFS_BODY void widen_body(uint8_t *to, const uint8_t *from, int width) {
    for (int x = 1; x < width - 1; x++) {
        uint8_t a = from[x - 1] > from[x + 1] ? from[x - 1] : from[x + 1];
        to[x] = a > from[x] ? a : from[x];
    }
}
CFS_VECTORS(widen, (uint8_t *to, const uint8_t *from, int width), (to, from, width))

/* Returns how far a disc reaches to each side, `dy` rows from its middle. The pixel that many to the right of a corner, and as
   many below it as `dy`, has its middle half a pixel less away from it. */
static int half_width(int radius, int dy) {
    return dy ? (int)(sqrt(radius * radius - (dy - 0.5) * (dy - 0.5)) + 0.5) : radius;
}

/* Sets each byte of `to` to the largest of those in a disc around it. The rows of `from` have zeros at their ends for the
   disc's radius, but for inverted planes, where that is where nothing is left out by it. */
static void grow(const uint8_t *from, uint8_t *to, int width, int height, int radius, uint8_t *spare) {
    memset(to, 0, (size_t)width * (size_t)height);
    for (int y = 0; y < height; y++) {
        const uint8_t *row = from + (size_t)y * (size_t)width;
        if (!row[0] && !memcmp(row, row + 1, (size_t)width - 1)) continue;
        uint8_t *wide = spare, *next = spare + width;
        memcpy(wide, row, (size_t)width);
        int dy = radius;
        for (int half = 0; half <= radius; half++) {
            /* All rows in which the disc is `half` to each side. */
            for (; dy >= 0 && half_width(radius, dy) <= half; dy--) {
                if (y - dy >= 0) largest_run(to + (size_t)(y - dy) * (size_t)width, wide, width);
                if (dy && y + dy < height) largest_run(to + (size_t)(y + dy) * (size_t)width, wide, width);
            }
            if (dy < 0) break;
            next[0] = cfs_max(wide[0], wide[1]);
            next[width - 1] = cfs_max(wide[width - 1], wide[width - 2]);
            widen_run(next, wide, width);
            uint8_t *swap = wide;
            wide = next;
            next = swap;
        }
    }
}

/* Grows or shrinks the alpha in `work` by `spread`, whose fraction mixes two whole radii. */
static int spread_alpha(uint8_t *work, int width, int height, double spread) {
    size_t size = (size_t)width * (size_t)height;
    double radius = fabs(spread);
    int whole = (int)floor(radius);
    int share = (int)lrint((radius - whole) * 256);
    uint8_t *grown = av_malloc(size), *more = av_malloc(size), *spare = av_malloc(2 * (size_t)width);
    int status = grown && more && spare ? 0 : AVERROR(ENOMEM);
    if (!status) {
        if (spread < 0) for (size_t i = 0; i < size; i++) work[i] = (uint8_t)(255 - work[i]);
        grow(work, grown, width, height, whole, spare);
        if (share) {
            grow(work, more, width, height, whole + 1, spare);
            for (size_t i = 0; i < size; i++) grown[i] = (uint8_t)((grown[i] * (256 - share) + more[i] * share + 128) >> 8);
        }
        if (spread < 0) for (size_t i = 0; i < size; i++) work[i] = (uint8_t)(255 - grown[i]);
        else memcpy(work, grown, size);
    }
    av_free(grown);
    av_free(more);
    av_free(spare);
    return status;
}

int cfs_layer_shadow(const cfs_frame *layer, cfs_frame *target, const cfs_shadow *shadow) {
    if (layer->format != AV_PIX_FMT_YUVA420P || target->format != AV_PIX_FMT_YUVA420P) return AVERROR(EINVAL);
    cfs_frame_fill(target, cfs_clamp(shadow->y, 0, 255), cfs_clamp(shadow->u, 0, 255), cfs_clamp(shadow->v, 0, 255), 0);
    int alpha = cfs_clamp(shadow->alpha, 0, 255);
    if (!alpha || !(fabs(shadow->dx) < 1e6) || !(fabs(shadow->dy) < 1e6)) return 0;
    double sigma = isnan(shadow->sigma) ? 0 : fmin(fmax(shadow->sigma, 0), CFS_MOST_SIGMA);
    double spread = isnan(shadow->spread) ? 0 : fmin(fmax(shadow->spread, -MOST_SPREAD), MOST_SPREAD);
    /* The part of the layer that reaches the target, with room for what grows, in the layer's pixels. */
    int grown = (int)ceil(fabs(spread)) + 2, reach = grown + (int)ceil(3.5 * sigma) + 4;
    int left = cfs_max((int)floor(-shadow->dx) - reach, -grown), top = cfs_max((int)floor(-shadow->dy) - reach, -grown);
    int right = cfs_min((int)ceil(-shadow->dx) + target->width + reach, layer->width + grown);
    int bottom = cfs_min((int)ceil(-shadow->dy) + target->height + reach, layer->height + grown);
    if (left >= right || top >= bottom) return 0;
    int width = right - left, height = bottom - top;
    uint8_t *work = av_mallocz((size_t)width * (size_t)height);
    if (!work) return AVERROR(ENOMEM);
    int from = cfs_max(left, 0), to = cfs_min(right, layer->width);
    for (int y = cfs_max(top, 0); from < to && y < cfs_min(bottom, layer->height); y++)
        memcpy(work + (size_t)(y - top) * (size_t)width + (from - left),
               layer->data[3] + (ptrdiff_t)y * layer->linesize[3] + from, (size_t)(to - from));
    int status = fabs(spread) < 1 / 512.0 ? 0 : spread_alpha(work, width, height, spread);
    struct plane in = {work, width, width, height};
    struct plane out = {target->data[3], target->linesize[3], target->width, target->height};
    if (!status) status = cfs_gaussian(in, out, sigma, sigma, -shadow->dx - left, -shadow->dy - top, alpha / 255.0);
    av_free(work);
    return status;
}
