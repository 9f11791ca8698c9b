/* SPDX-License-Identifier: Apache-2.0 */
/* Gradients, in the working format and dithered. */
#include "../internal.h"

#include <math.h>

typedef struct {
    float y, u, v, a;
} colour;

/* The order in which an 8 x 8 block's pixels are rounded up (Bayer 1973): means over a few pixels are right to a 64th of a
   step, and whole values stay as they are. */
static float threshold(int x, int y) {
    int order = 0;
    for (int bit = 0; bit < 3; bit++) {
        int a = x >> bit & 1, b = y >> bit & 1;
        order |= ((a ^ b) << 1 | b) << 2 * (2 - bit);
    }
    return ((float)order + 0.5f) / 64;
}

static uint8_t dithered(float value, float add) { return (uint8_t)cfs_clamp((int)floorf(value + add), 0, 255); }

/* Colour `t` of the way. `hint` is the stop found last, since neighbours mostly share it. */
static colour at(const cfs_gradient *gradient, const colour *colours, double t, int *hint) {
    const cfs_stop *stops = gradient->stops;
    int i = *hint;
    while (i > 0 && t < stops[i].at) i--;
    while (i + 1 < gradient->count && t >= stops[i + 1].at) i++;
    *hint = i;
    if (t <= stops[i].at || i + 1 == gradient->count) return colours[i];
    float share = (float)((t - stops[i].at) / (stops[i + 1].at - stops[i].at)), keep = 1 - share;
    const colour *p = &colours[i], *q = &colours[i + 1];
    return (colour){p->y * keep + q->y * share, p->u * keep + q->u * share, p->v * keep + q->v * share,
                    p->a * keep + q->a * share};
}

static double distance(double x, double y) { return sqrt(x * x + y * y); }

static void draw_row(const cfs_gradient *gradient, const colour *colours, int y, colour *row, int width) {
    int hint = 0;
    double py = y + 0.5;
    for (int x = 0; x < width; x++) {
        double px = x + 0.5;
        double t = gradient->radial ? distance(px - gradient->a, py - gradient->b) / gradient->c
                                    : gradient->a * px + gradient->b * py + gradient->c;
        row[x] = at(gradient, colours, t, &hint);
    }
}

int cfs_gradient_draw(const cfs_gradient *gradient, cfs_frame *frame) {
    colour colours[CFS_MOST_STOPS];
    if (gradient->count < 1 || gradient->count > CFS_MOST_STOPS) return AVERROR(EINVAL);
    for (int i = 0; i < gradient->count; i++) {
        const cfs_stop *stop = &gradient->stops[i];
        double alpha = stop->alpha / 255.0;
        double r = stop->red / 255.0 * alpha, g = stop->green / 255.0 * alpha, b = stop->blue / 255.0 * alpha;
        double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;   /* BT.709-6, items 3.2 to 3.4 and 4.6 */
        colours[i] = (colour){(float)(16 + 219 * luma), (float)(128 + 224 * (b - luma) / 1.8556),
                              (float)(128 + 224 * (r - luma) / 1.5748), (float)stop->alpha};
    }
    int width = frame->width;
    colour *rows = av_malloc_array((size_t)width * 2, sizeof *rows);
    if (!rows) return AVERROR(ENOMEM);
    for (int top = 0; top < frame->height; top += 2) {
        int count = cfs_min(2, frame->height - top);
        for (int r = 0; r < 2; r++) {
            colour *row = rows + (size_t)r * (size_t)width;
            draw_row(gradient, colours, top + cfs_min(r, count - 1), row, width);
            if (r >= count) break;
            uint8_t *luma = frame->data[0] + (ptrdiff_t)(top + r) * frame->linesize[0];
            for (int x = 0; x < width; x++) luma[x] = dithered(row[x].y, threshold(x, top + r));
            if (cfs_plane_count(frame) < 4) continue;
            uint8_t *alpha = frame->data[3] + (ptrdiff_t)(top + r) * frame->linesize[3];
            for (int x = 0; x < width; x++) alpha[x] = dithered(row[x].a, threshold(x, top + r));
        }
        uint8_t *u = frame->data[1] + (ptrdiff_t)(top / 2) * frame->linesize[1];
        uint8_t *v = frame->data[2] + (ptrdiff_t)(top / 2) * frame->linesize[2];
        for (int x = 0; x < cfs_plane_width(frame, 1); x++) {
            /* Chroma is sited left: on the even column, between both rows. */
            int left = cfs_min(cfs_max(2 * x - 1, 0), width - 1), right = cfs_min(2 * x + 1, width - 1);
            float sum_u = 0, sum_v = 0;
            for (int r = 0; r < 2; r++) {
                const colour *row = rows + (size_t)r * (size_t)width;
                sum_u += row[left].u + 2 * row[2 * x].u + row[right].u;
                sum_v += row[left].v + 2 * row[2 * x].v + row[right].v;
            }
            /* Other places of the pattern, so that the planes' roundings do not add up. */
            u[x] = dithered(sum_u / 8, threshold(x + 3, top / 2 + 5));
            v[x] = dithered(sum_v / 8, threshold(x + 5, top / 2 + 2));
        }
    }
    av_free(rows);
    return 0;
}
