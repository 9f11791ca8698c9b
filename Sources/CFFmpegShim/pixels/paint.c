/* SPDX-License-Identifier: Apache-2.0 */
/* Laying a layer over a picture. */
#include "paint.h"

#include "vectors.h"

#include <string.h>

enum { BLOCK = 64 };   /* pixels that are looked at together: most are clear or solid */


CFS_BODY void mix_body(uint8_t *to, const uint8_t *over, const uint8_t *alpha, int width) {
    for (int x = 0; x < width; x++) {
        uint16_t a = alpha[x];
        uint16_t sum = (uint16_t)(to[x] * (255 - a) + over[x] * a + 128);
        to[x] = (uint8_t)((uint16_t)(sum + (sum >> 8)) >> 8);
    }
}
CFS_VECTORS(mix, (uint8_t *to, const uint8_t *over, const uint8_t *alpha, int width), (to, over, alpha, width))

/* Averages the alpha of two by two pixels, rounded down as libavfilter's overlay does. */
CFS_BODY void mean_body(const uint8_t *a, const uint8_t *b, uint8_t *out, int width) {
    for (int x = 0; x < width; x++) out[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]) >> 2);
}
CFS_VECTORS(mean, (const uint8_t *a, const uint8_t *b, uint8_t *out, int width), (a, b, out, width))

/* Returns the value that all bytes have, or −1. */
static int common(const uint8_t *bytes, int count) {
    uint64_t first, here, differs = 0;
    if (count < 8) {
        for (int x = 1; x < count; x++)
            if (bytes[x] != bytes[0]) return -1;
        return bytes[0];
    }
    memset(&first, bytes[0], sizeof first);
    for (int x = 0; x + 8 <= count; x += 8) {
        memcpy(&here, bytes + x, 8);
        differs |= here ^ first;
    }
    memcpy(&here, bytes + count - 8, 8);
    return differs | (here ^ first) ? -1 : bytes[0];
}

static void lay(uint8_t *to, const uint8_t *over, const uint8_t *alpha, int known, int width) {
    if (known == 255) memcpy(to, over, (size_t)width);
    else if (known) mix_run(to, over, alpha, width);
}

static void lay_strip(const struct strip *s) {
    for (int from = 0; from < s->width; from += BLOCK) {
        int count = cfs_min(BLOCK, s->width - from), known[2];
        for (int r = 0; r < s->rows; r++) {
            known[r] = common(s->alpha[r] + from, count);
            lay(s->luma[r] + from, s->over_luma[r] + from, s->alpha[r] + from, known[r], count);
        }
        int last = s->rows - 1, half = from / 2, columns = (count + 1) / 2;
        int both = known[0] == known[last] ? known[0] : -1;
        if (both == 0) continue;
        uint8_t mean[BLOCK / 2];
        if (both < 0 || both < 255) {
            int whole = cfs_min(count, s->layer_width - from) / 2;
            if (count % 2 && s->layer_width - from > count) whole = columns;   /* the layer has the pixel that is missing */
            const uint8_t *a = s->alpha[0] + from, *b = s->alpha[last] + from;
            mean_run(a, b, mean, whole);
            if (whole < columns) mean[whole] = (uint8_t)((2 * a[2 * whole] + 2 * b[2 * whole]) >> 2);
        }
        lay(s->u + half, s->over_u + half, mean, both, columns);
        lay(s->v + half, s->over_v + half, mean, both, columns);
    }
}

int cfs_frame_paint(cfs_frame *base, const cfs_frame *layer, int x, int y, enum cfs_blend mode) {
    if (base->format != AV_PIX_FMT_YUV420P || layer->format != AV_PIX_FMT_YUVA420P || (x & 1) || (y & 1)
        || mode < CFS_NORMAL || mode > CFS_COLOR_BURN) return AVERROR(EINVAL);
    /* In 64 bits, for any position is allowed. */
    int64_t right = (int64_t)x + layer->width, bottom = (int64_t)y + layer->height;
    int left = cfs_max(x, 0), top = cfs_max(y, 0);
    int end = (int)(right < base->width ? right : base->width), low = (int)(bottom < base->height ? bottom : base->height);
    if (left >= end || top >= low) return 0;
    int skip_x = left - x;
    struct strip s = {.width = end - left, .layer_width = layer->width - skip_x};
    for (int row = top; row < low; row += 2) {
        int line = row - y;
        s.rows = cfs_min(2, low - row);
        for (int r = 0; r < s.rows; r++) {
            s.luma[r] = base->data[0] + (ptrdiff_t)(row + r) * base->linesize[0] + left;
            s.over_luma[r] = layer->data[0] + (ptrdiff_t)(line + r) * layer->linesize[0] + skip_x;
            s.alpha[r] = layer->data[3] + (ptrdiff_t)(line + r) * layer->linesize[3] + skip_x;
        }
        s.u = base->data[1] + (ptrdiff_t)(row / 2) * base->linesize[1] + left / 2;
        s.v = base->data[2] + (ptrdiff_t)(row / 2) * base->linesize[2] + left / 2;
        s.over_u = layer->data[1] + (ptrdiff_t)(line / 2) * layer->linesize[1] + skip_x / 2;
        s.over_v = layer->data[2] + (ptrdiff_t)(line / 2) * layer->linesize[2] + skip_x / 2;
        if (mode == CFS_NORMAL) lay_strip(&s);
        else cfs_blend_strip(&s, mode);
    }
    return 0;
}
