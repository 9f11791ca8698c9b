/* SPDX-License-Identifier: Apache-2.0 */
/* Paints and boxes. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <math.h>

static void add_stop(cairo_pattern_t *pattern, double at, double red, double green, double blue, double alpha) {
    cairo_pattern_add_color_stop_rgba(pattern, at, red / 255, green / 255, blue / 255, alpha / 255);
}

/* cairo mixes straight colours; CSS, and our own gradients, mix premultiplied ones. Where alpha changes, stops between make
   up the difference. */
static void add_between(cairo_pattern_t *pattern, const cts_stop *from, const cts_stop *to) {
    enum { STEPS = 16 };
    if (from->alpha == to->alpha || to->at <= from->at) return;
    for (int i = 1; i < STEPS; i++) {
        double share = i / (double)STEPS, keep = 1 - share;
        double alpha = keep * from->alpha + share * to->alpha;
        double p = keep * from->alpha / alpha, q = share * to->alpha / alpha;
        add_stop(pattern, from->at + (to->at - from->at) * share, p * from->red + q * to->red,
                 p * from->green + q * to->green, p * from->blue + q * to->blue, alpha);
    }
}

/* A clear end takes its neighbour's colour: of its own nothing must be seen. */
static void add_own(cairo_pattern_t *pattern, const cts_paint *paint, size_t i) {
    const cts_stop *stop = &paint->stops[i];
    if (stop->alpha || paint->count < 2) {
        add_stop(pattern, stop->at, stop->red, stop->green, stop->blue, stop->alpha);
        return;
    }
    const cts_stop *before = i ? stop - 1 : stop + 1, *after = i + 1 < paint->count ? stop + 1 : stop - 1;
    add_stop(pattern, stop->at, before->red, before->green, before->blue, 0);
    add_stop(pattern, stop->at, after->red, after->green, after->blue, 0);
}

void cts_paint_set(cairo_t *cr, const cts_paint *paint, double width, double height) {
    if (!paint->count) {
        cairo_set_source_rgba(cr, 0, 0, 0, 0);
        return;
    }
    if (paint->count == 1) {
        const cts_stop *stop = paint->stops;
        cairo_set_source_rgba(cr, stop->red / 255.0, stop->green / 255.0, stop->blue / 255.0, stop->alpha / 255.0);
        return;
    }
    double angle = paint->angle * G_PI / 180, right = sin(angle), down = -cos(angle);
    double half = (fabs(width * right) + fabs(height * down)) / 2, x = width / 2, y = height / 2;
    cairo_pattern_t *pattern =
        cairo_pattern_create_linear(x - right * half, y - down * half, x + right * half, y + down * half);
    for (size_t i = 0; i < paint->count; i++) {
        add_own(pattern, paint, i);
        if (i + 1 < paint->count) add_between(pattern, &paint->stops[i], &paint->stops[i + 1]);
    }
    cairo_set_source(cr, pattern);
    cairo_pattern_destroy(pattern);
}

int cts_paint_is_solid(const cts_paint *paint) {
    for (size_t i = 0; i < paint->count; i++)
        if (paint->stops[i].alpha != 255) return 0;
    return paint->count > 0;
}

void cts_add_box(cairo_t *cr, cts_rectangle box, double radius) {
    double r = fmin(radius, fmin(box.width, box.height) / 2), right = box.x + box.width, bottom = box.y + box.height;
    if (box.width <= 0 || box.height <= 0) return;
    if (r <= 0) {
        cairo_rectangle(cr, box.x, box.y, box.width, box.height);
        return;
    }
    cairo_new_sub_path(cr);
    cairo_arc(cr, right - r, box.y + r, r, -G_PI / 2, 0);
    cairo_arc(cr, right - r, bottom - r, r, 0, G_PI / 2);
    cairo_arc(cr, box.x + r, bottom - r, r, G_PI / 2, G_PI);
    cairo_arc(cr, box.x + r, box.y + r, r, G_PI, 3 * G_PI / 2);
    cairo_close_path(cr);
}
#endif
