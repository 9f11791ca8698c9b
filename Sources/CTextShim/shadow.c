/* SPDX-License-Identifier: Apache-2.0 */
/* Shadows: alpha, blurred by a Gaussian, in one colour. What is blurred far is blurred on a coarse grid, so that the cost does
   not grow with the blur. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TAPS = 32 };

/* Returns the grid's step for a standard deviation: at least two steps are left of it. */
static int step_for(double sigma) {
    int step = 1;
    while (sigma / step > 4) step *= 2;
    return step;
}

int cts_shadow_reach(double sigma) {
    int step = step_for(sigma);
    return (int)ceil(3 * sigma) + (step > 1 ? 3 * step : 1);
}

typedef struct {
    float *values;
    int width, height;
    int pad;          /* cells before the content's first */
} grid;

/* Sums the content's alpha into cells of `step` × `step` pixels, as 0…1. */
static int make_grid(cairo_surface_t *content, int step, int pad, grid *result) {
    int width = cairo_image_surface_get_width(content), height = cairo_image_surface_get_height(content);
    int stride = cairo_image_surface_get_stride(content);
    const unsigned char *bytes = cairo_image_surface_get_data(content);
    *result = (grid){NULL, (width + step - 1) / step + 2 * pad, (height + step - 1) / step + 2 * pad, pad};
    result->values = calloc((size_t)result->width * (size_t)result->height, sizeof *result->values);
    if (!result->values) return CTS_NO_MEMORY;
    float share = 1.0f / (255.0f * (float)(step * step));
    for (int y = 0; y < height; y++) {
        const uint32_t *pixels = (const uint32_t *)(const void *)(bytes + (ptrdiff_t)y * stride);
        float *cells = result->values + (size_t)(y / step + pad) * (size_t)result->width + pad;
        for (int x = 0; x < width; x++)
            if (pixels[x] >> 24) cells[x / step] += (float)(pixels[x] >> 24) * share;
    }
    return CTS_OK;
}

/* Fills in half of the kernel, which is symmetric, and returns its radius. */
static int make_kernel(double sigma, float taps[MOST_TAPS]) {
    if (sigma <= 0) {
        taps[0] = 1;
        return 0;
    }
    int radius = (int)ceil(3 * sigma);
    if (radius > MOST_TAPS - 1) radius = MOST_TAPS - 1;
    double sum = 0;
    for (int i = 0; i <= radius; i++) sum += (i ? 2 : 1) * exp(-i * i / (2 * sigma * sigma));
    for (int i = 0; i <= radius; i++) taps[i] = (float)(exp(-i * i / (2 * sigma * sigma)) / sum);
    return radius;
}

/* Adds `weight` times a row, moved by `by` cells, to another. */
static void add_row(float *to, const float *from, int width, int by, float weight) {
    int first = by < 0 ? -by : 0, last = by > 0 ? width - by : width;
    for (int x = first; x < last; x++) to[x] += weight * from[x + by];
}

static int blur(grid *cells, const float *taps, int radius) {
    if (!radius) return CTS_OK;
    size_t width = (size_t)cells->width, height = (size_t)cells->height;
    float *across = calloc(width * height, sizeof *across);
    if (!across) return CTS_NO_MEMORY;
    for (size_t y = 0; y < height; y++)
        for (int k = -radius; k <= radius; k++)
            add_row(across + y * width, cells->values + y * width, cells->width, k, taps[abs(k)]);
    memset(cells->values, 0, width * height * sizeof *cells->values);
    for (int y = 0; y < cells->height; y++)
        for (int k = -radius; k <= radius; k++)
            if (y + k >= 0 && y + k < cells->height)
                add_row(cells->values + (size_t)y * width, across + (size_t)(y + k) * width, cells->width, 0, taps[abs(k)]);
    free(across);
    return CTS_OK;
}

static uint32_t scaled(uint32_t channel, uint32_t by) { return (channel * by + 127) / 255; }

/* Returns a premultiplied colour over a pixel. */
static uint32_t over(uint32_t pixel, cts_stop color, float alpha) {
    uint32_t a = (uint32_t)(alpha * 255 + 0.5f), keep = 255 - a;
    uint32_t red = (uint32_t)(alpha * (float)color.red + 0.5f), green = (uint32_t)(alpha * (float)color.green + 0.5f);
    uint32_t blue = (uint32_t)(alpha * (float)color.blue + 0.5f);
    return (a + scaled(pixel >> 24, keep)) << 24 | (red + scaled(pixel >> 16 & 255, keep)) << 16
        | (green + scaled(pixel >> 8 & 255, keep)) << 8 | (blue + scaled(pixel & 255, keep));
}

/* Paints the grid, whose cells are `step` pixels and whose content begins at (x, y), in between by straight lines. */
static void paint(cairo_surface_t *target, const grid *cells, int step, double x, double y, cts_stop color) {
    int width = cairo_image_surface_get_width(target), height = cairo_image_surface_get_height(target);
    int stride = cairo_image_surface_get_stride(target);
    unsigned char *bytes = cairo_image_surface_get_data(target);
    /* Pixel p lies at cell (p + 0.5 − x) / step − 0.5 + pad. */
    int left = (int)fmax(0, floor(x - cells->pad * step)), top = (int)fmax(0, floor(y - cells->pad * step));
    int right = (int)fmin(width, ceil(x + (cells->width - cells->pad) * (double)step));
    int bottom = (int)fmin(height, ceil(y + (cells->height - cells->pad) * (double)step));
    float solid = (float)color.alpha / 255;
    for (int py = top; py < bottom; py++) {
        uint32_t *pixels = (uint32_t *)(void *)(bytes + (ptrdiff_t)py * stride);
        double v = (py + 0.5 - y) / step - 0.5 + cells->pad;
        int row = (int)floor(v);
        if (row < 0 || row + 1 >= cells->height) continue;
        float below = (float)(v - row), above = 1 - below;
        const float *first = cells->values + (size_t)row * (size_t)cells->width, *second = first + cells->width;
        for (int px = left; px < right; px++) {
            double u = (px + 0.5 - x) / step - 0.5 + cells->pad;
            int column = (int)floor(u);
            if (column < 0 || column + 1 >= cells->width) continue;
            float after = (float)(u - column), before = 1 - after;
            float value = above * (before * first[column] + after * first[column + 1])
                + below * (before * second[column] + after * second[column + 1]);
            float alpha = fminf(value, 1) * solid;
            if (alpha > 0.001f) pixels[px] = over(pixels[px], color, alpha);
        }
    }
}

int cts_shadow_draw(cairo_surface_t *target, cairo_surface_t *content, double x, double y, double dx, double dy, double sigma,
                    cts_stop color) {
    int step = step_for(sigma);
    double own = sigma / step;
    /* Averaging over cells and drawing lines between them blur as well. */
    if (step > 1) own = sqrt(own * own - (1 - 1.0 / (step * step)) / 12 - 1.0 / 6);
    float taps[MOST_TAPS];
    int radius = make_kernel(own, taps);
    grid cells;
    int status = make_grid(content, step, radius + 2, &cells);
    if (!status) status = blur(&cells, taps, radius);
    if (!status) {
        paint(target, &cells, step, x + dx, y + dy, color);
        cairo_surface_mark_dirty(target);
    }
    free(cells.values);
    return status;
}
#endif
