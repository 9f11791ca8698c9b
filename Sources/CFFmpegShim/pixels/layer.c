/* SPDX-License-Identifier: Apache-2.0 */
/* Layers: edges, opacity and tint. */
#include "layer.h"

#include <math.h>

/* Returns how much of pixel i (i … i+1) lies in from…to, as 0 … 255. */
static inline int coverage(int i, double from, double to) {
    double covered = fmin(i + 1.0, to) - fmax((double)i, from);
    return covered <= 0 ? 0 : covered >= 1 ? 255 : (int)lrint(covered * 255);
}

static inline uint8_t times(int a, int b) { return (uint8_t)((a * b + 127) / 255); }

/* Returns (value − zero) · 255 / alpha + zero, clamped to a byte. */
static inline uint8_t straighten(int value, int zero, int alpha) {
    int scaled = (value - zero) * 255;
    int rounded = scaled >= 0 ? (scaled + alpha / 2) / alpha : -((-scaled + alpha / 2) / alpha);
    return (uint8_t)cfs_clamp(rounded + zero, 0, 255);
}

void cfs_straighten(AVFrame *frame) {
    ptrdiff_t as = frame->linesize[3];
    for (int y = 0; y < frame->height; y++) {
        uint8_t *luma = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        const uint8_t *alpha = frame->data[3] + y * as;
        for (int x = 0; x < frame->width; x++)
            if (alpha[x] != 255 && alpha[x] != 0) luma[x] = straighten(luma[x], 16, alpha[x]);
    }
    for (int y = 0; y < (frame->height + 1) / 2; y++) {
        uint8_t *u = frame->data[1] + (ptrdiff_t)y * frame->linesize[1];
        uint8_t *v = frame->data[2] + (ptrdiff_t)y * frame->linesize[2];
        const uint8_t *a0 = frame->data[3] + 2 * y * as;
        const uint8_t *a1 = 2 * y + 1 < frame->height ? a0 + as : a0;
        for (int x = 0; x < (frame->width + 1) / 2; x++) {
            int right = cfs_min(2 * x + 1, frame->width - 1);
            /* The mean that libavfilter's overlay uses for chroma (vf_overlay.c), so that the two cancel out. */
            int mean = (a0[2 * x] + a0[right] + a1[2 * x] + a1[right]) >> 2;
            if (mean == 255 || mean == 0) continue;
            u[x] = straighten(u[x], 128, mean);
            v[x] = straighten(v[x], 128, mean);
        }
    }
}

void cfs_frame_matte(const cfs_frame *source, cfs_frame *target) {
    cfs_frame_fill(target, 235, 128, 128, 255);
    if (source->format != AV_PIX_FMT_YUVA420P) return;
    for (int y = 0; y < source->height; y++) {
        const uint8_t *from = source->data[3] + (ptrdiff_t)y * source->linesize[3];
        uint8_t *alpha = target->data[3] + (ptrdiff_t)y * target->linesize[3];
        uint8_t *luma = target->data[0] + (ptrdiff_t)y * target->linesize[0];
        for (int x = 0; x < source->width; x++) {
            alpha[x] = from[x];
            luma[x] = (uint8_t)(16 + (219 * from[x] + 127) / 255);
        }
    }
}

void cfs_frame_join(const cfs_frame *colour, const cfs_frame *matte, cfs_frame *target, int premultiplied) {
    uint8_t level[256];   /* the matte's luma as alpha */
    for (int i = 0; i < 256; i++) level[i] = (uint8_t)((cfs_clamp(i - 16, 0, 219) * 255 + 109) / 219);
    for (int y = 0; y < target->height; y++) {
        const uint8_t *cover = matte->data[0] + (ptrdiff_t)y * matte->linesize[0];
        uint8_t *alpha = target->data[3] + (ptrdiff_t)y * target->linesize[3];
        for (int x = 0; x < target->width; x++) alpha[x] = level[cover[x]];
    }
    cfs_frame_copy(colour, target);   /* all but alpha, which `colour` lacks */
    if (!premultiplied) cfs_straighten(target);
}

void cfs_layer_finish(cfs_frame *frame, int premultiplied, double left, double top, double right, double bottom,
                      double opacity) {
    if (premultiplied) cfs_straighten(frame);
    int solid = (int)lrint(opacity * 255);
    enum { STRIP = 256 };
    for (int from = 0; from < frame->width; from += STRIP) {
        int count = cfs_min(STRIP, frame->width - from);
        uint8_t columns[STRIP];
        for (int x = 0; x < count; x++) columns[x] = (uint8_t)coverage(from + x, left, right);
        for (int y = 0; y < frame->height; y++) {
            uint8_t *alpha = frame->data[3] + (ptrdiff_t)y * frame->linesize[3] + from;
            int row = times(coverage(y, top, bottom), solid);
            if (premultiplied)
                for (int x = 0; x < count; x++) alpha[x] = times(alpha[x], times(columns[x], row));
            else
                for (int x = 0; x < count; x++) alpha[x] = times(columns[x], row);
        }
    }
}

void cfs_frame_tint(cfs_frame *frame, int y, int u, int v, double amount) {
    const int colour[3] = {y, u, v};
    unsigned share = (unsigned)lrint(amount * 256);
    for (int plane = 0; plane < 3; plane++) {
        uint16_t add = (uint16_t)((unsigned)colour[plane] * share + 128), keep = (uint16_t)(256 - share);
        for (int row = 0; row < cfs_plane_height(frame, plane); row++) {
            uint8_t *pixels = frame->data[plane] + (ptrdiff_t)row * frame->linesize[plane];
            int width = cfs_plane_width(frame, plane);
            for (int x = 0; x < width; x++) pixels[x] = (uint8_t)((uint16_t)(pixels[x] * keep + add) >> 8);
        }
    }
}
