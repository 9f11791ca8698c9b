/* SPDX-License-Identifier: Apache-2.0 */
/* Masks of layers by other pictures. */
#include "vectors.h"

#include <string.h>

/* Returns a · b / 255, rounded. */
static inline unsigned times(unsigned a, unsigned b) {
    unsigned product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

/* `luma` or `cover` may be NULL: then it counts as 255. */
CFS_BODY void matte_row_body(uint8_t *alpha, const uint8_t *luma, const uint8_t *cover, int flip, int width) {
    for (int x = 0; x < width; x++) {
        int level = luma ? luma[x] - 16 : 219;
        level = level < 0 ? 0 : level;
        level = level > 219 ? 219 : level;
        unsigned value = (unsigned)(level * 38155 + 16384) >> 15;   /* 255 / 219 */
        if (cover) value = times(value, cover[x]);
        alpha[x] = (uint8_t)times(alpha[x], value ^ (unsigned)flip);
    }
}
CFS_VECTORS(matte_row, (uint8_t *alpha, const uint8_t *luma, const uint8_t *cover, int flip, int width),
            (alpha, luma, cover, flip, width))

int cfs_layer_matte(cfs_frame *layer, const cfs_frame *mask, int x, int y, int by_luma, int invert) {
    if (layer->format != AV_PIX_FMT_YUVA420P || (x & 1) || (y & 1)) return AVERROR(EINVAL);
    int has_alpha = mask->format == AV_PIX_FMT_YUVA420P;
    /* The columns under the mask. In 64 bits, for any position is allowed. */
    int64_t end = (int64_t)x + mask->width;
    int left = cfs_clamp(x, 0, layer->width), right = (int)(end < left ? left : end > layer->width ? layer->width : end);
    for (int row = 0; row < layer->height; row++) {
        uint8_t *alpha = layer->data[3] + (ptrdiff_t)row * layer->linesize[3];
        int64_t line = (int64_t)row - y;
        int is_under = line >= 0 && line < mask->height && left < right;
        int from = is_under ? left : layer->width, to = is_under ? right : layer->width;
        if (!invert) {
            memset(alpha, 0, (size_t)from);
            memset(alpha + to, 0, (size_t)(layer->width - to));
        }
        if (!is_under) continue;
        const uint8_t *luma = by_luma ? mask->data[0] + (ptrdiff_t)line * mask->linesize[0] + (from - x) : NULL;
        const uint8_t *cover = has_alpha && !by_luma ? mask->data[3] + (ptrdiff_t)line * mask->linesize[3] + (from - x) : NULL;
        matte_row_run(alpha + from, luma, cover, invert ? 255 : 0, to - from);
    }
    return 0;
}
