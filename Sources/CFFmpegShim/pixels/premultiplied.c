/* SPDX-License-Identifier: Apache-2.0 */
/* Drawn pixels, premultiplied RGB, into the working format. */
#include "../internal.h"

#include <math.h>
#include <string.h>

/* Sums of premultiplied channels, with weights. */
typedef struct { int red, green, blue, alpha; } sums;

static inline void add(sums *to, uint32_t pixel, int weight) {
    to->alpha += weight * (int)(pixel >> 24);
    to->red += weight * (int)(pixel >> 16 & 255);
    to->green += weight * (int)(pixel >> 8 & 255);
    to->blue += weight * (int)(pixel & 255);
}

/* BT.709-6, items 3.2 to 3.4 and 4.6, in 65536ths: luma is premultiplied, as its channels are. */
static inline uint8_t luma_of(uint32_t pixel) {
    enum { RED = 11966, GREEN = 40254, BLUE = 4064, HALF = 32768 };   /* 219 / 255 times 0.2126, 0.7152, 0.0722 */
    unsigned red = pixel >> 16 & 255, green = pixel >> 8 & 255, blue = pixel & 255;
    return (uint8_t)(16 + ((RED * red + GREEN * green + BLUE * blue + HALF) >> 16));
}

static int is_clear(const uint32_t *row, int width) {
    for (int x = 0; x < width; x++)
        if (row[x]) return 0;
    return 1;
}

static void draw_luma(const uint32_t *row, uint8_t *luma, uint8_t *alpha, int width) {
    for (int x = 0; x < width; x++) luma[x] = luma_of(row[x]);
    for (int x = 0; x < width; x++) alpha[x] = (uint8_t)(row[x] >> 24);
}

/* The colour is that of the pixels around the sample's site, which is left: on the even column, between both rows. Its alpha
   is the mean of the four pixels that libavfilter's overlay, and our own layers, take for a sample of chroma: so that a text
   over its own colour has no rim. */
static void draw_chroma(const uint32_t *first, const uint32_t *second, uint8_t *u, uint8_t *v, int width) {
    for (int x = 0; x < width; x += 2) {
        int left = cfs_max(x - 1, 0), right = cfs_min(x + 1, width - 1);
        u[x / 2] = v[x / 2] = 128;
        if (!(first[left] | first[x] | first[right] | second[left] | second[x] | second[right])) continue;
        sums sum = {0, 0, 0, 0};
        add(&sum, first[left], 1);
        add(&sum, first[x], 2);
        add(&sum, first[right], 1);
        add(&sum, second[left], 1);
        add(&sum, second[x], 2);
        add(&sum, second[right], 1);
        if (!sum.alpha) continue;
        unsigned mean = (first[x] >> 24) + (first[right] >> 24) + (second[x] >> 24) + (second[right] >> 24);
        float share = (float)mean / (4 * 255.0f) / (float)sum.alpha;
        float red = (float)sum.red, blue = (float)sum.blue;
        float luma = 0.2126f * red + 0.7152f * (float)sum.green + 0.0722f * blue;
        u[x / 2] = (uint8_t)cfs_clamp((int)lrintf(128 + 224 / 1.8556f * (blue - luma) * share), 0, 255);
        v[x / 2] = (uint8_t)cfs_clamp((int)lrintf(128 + 224 / 1.5748f * (red - luma) * share), 0, 255);
    }
}

/* Returns (value − zero) · alpha / 255 + zero. */
static inline uint8_t scaled(int value, int zero, int alpha) {
    int product = (value - zero) * alpha;
    return (uint8_t)(zero + (product >= 0 ? product + 127 : product - 127) / 255);
}

int cfs_layer_premultiply(cfs_frame *frame) {
    if (frame->format != AV_PIX_FMT_YUVA420P) return AVERROR(EINVAL);
    ptrdiff_t stride = frame->linesize[3];
    for (int y = 0; y < frame->height; y++) {
        uint8_t *luma = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        const uint8_t *alpha = frame->data[3] + y * stride;
        for (int x = 0; x < frame->width; x++) luma[x] = scaled(luma[x], 16, alpha[x]);
    }
    for (int y = 0; y < cfs_plane_height(frame, 1); y++) {
        const uint8_t *first = frame->data[3] + 2 * y * stride;
        const uint8_t *second = 2 * y + 1 < frame->height ? first + stride : first;
        for (int plane = 1; plane <= 2; plane++) {
            uint8_t *row = frame->data[plane] + (ptrdiff_t)y * frame->linesize[plane];
            for (int x = 0; x < cfs_plane_width(frame, 1); x++) {
                int right = cfs_min(2 * x + 1, frame->width - 1);
                row[x] = scaled(row[x], 128, (first[2 * x] + first[right] + second[2 * x] + second[right]) >> 2);
            }
        }
    }
    return 0;
}

int cfs_frame_draw_pixels(cfs_frame *frame, const uint32_t *pixels, ptrdiff_t stride) {
    if (frame->format != AV_PIX_FMT_YUVA420P) return AVERROR(EINVAL);
    int width = frame->width, height = frame->height, columns = cfs_plane_width(frame, 1);
    for (int top = 0; top < height; top += 2) {
        const uint32_t *rows[2];
        for (int r = 0; r < 2; r++)
            rows[r] = (const uint32_t *)(const void *)((const uint8_t *)pixels + (ptrdiff_t)cfs_min(top + r, height - 1) * stride);
        uint8_t *u = frame->data[1] + (ptrdiff_t)(top / 2) * frame->linesize[1];
        uint8_t *v = frame->data[2] + (ptrdiff_t)(top / 2) * frame->linesize[2];
        int clear = is_clear(rows[0], width) && is_clear(rows[1], width);
        for (int r = 0; r < 2 && top + r < height; r++) {
            uint8_t *luma = frame->data[0] + (ptrdiff_t)(top + r) * frame->linesize[0];
            uint8_t *alpha = frame->data[3] + (ptrdiff_t)(top + r) * frame->linesize[3];
            if (!clear) draw_luma(rows[r], luma, alpha, width);
            else memset(luma, 16, (size_t)width), memset(alpha, 0, (size_t)width);
        }
        if (!clear) draw_chroma(rows[0], rows[1], u, v, width);
        else memset(u, 128, (size_t)columns), memset(v, 128, (size_t)columns);
    }
    return 0;
}
