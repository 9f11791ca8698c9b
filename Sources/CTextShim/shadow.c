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
        for (int x = 0; x < width; x += step) {
            int end = x + step < width ? x + step : width;
            uint32_t sum = 0;
            for (int i = x; i < end; i++) sum += pixels[i] >> 24;
            *cells++ += (float)sum * share;
        }
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

/* Add `weight` times a row, or the sum of two, to another. The compiler makes vectors of these loops. */
static void add_row(float *restrict to, const float *from, int width, float weight) {
    for (int x = 0; x < width; x++) to[x] += weight * from[x];
}

static void add_rows(float *restrict to, const float *a, const float *b, int width, float weight) {
    for (int x = 0; x < width; x++) to[x] += weight * (a[x] + b[x]);
}

/* Blurs the rows that have content. `room` is a row that has so many zeros at both ends. */
static void blur_across(const grid *cells, float *across, float *room, const float *taps, int radius) {
    for (int y = cells->pad; y < cells->height - cells->pad; y++) {
        const float *from = cells->values + (size_t)y * (size_t)cells->width;
        float *to = across + (size_t)y * (size_t)cells->width;
        memcpy(room + radius, from, (size_t)cells->width * sizeof *room);
        add_row(to, from, cells->width, taps[0]);
        for (int k = 1; k <= radius; k++) add_rows(to, room + radius - k, room + radius + k, cells->width, taps[k]);
    }
}

/* Blurs columns, a row at a time. Outside of the rows that have content, `across` is zero. */
static void blur_down(grid *cells, const float *across, const float *taps, int radius) {
    int first = cells->pad, last = cells->height - cells->pad;
    for (int y = first - radius; y < last + radius; y++) {
        float *to = cells->values + (size_t)y * (size_t)cells->width;
        memset(to, 0, (size_t)cells->width * sizeof *to);
        for (int k = 0; k <= radius; k++) {
            int above = y - k >= first && y - k < last, below = k && y + k >= first && y + k < last;
            const float *a = across + (size_t)(above ? y - k : 0) * (size_t)cells->width;
            const float *b = across + (size_t)(below ? y + k : 0) * (size_t)cells->width;
            if (above && below) add_rows(to, a, b, cells->width, taps[k]);
            else if (above || below) add_row(to, above ? a : b, cells->width, taps[k]);
        }
    }
}

/* The grid's padding is wider than the radius. */
static int blur(grid *cells, const float *taps, int radius) {
    if (!radius) return CTS_OK;
    float *across = calloc((size_t)cells->width * (size_t)cells->height, sizeof *across);
    float *room = calloc((size_t)cells->width + 2 * (size_t)radius, sizeof *room);
    int status = across && room ? CTS_OK : CTS_NO_MEMORY;
    if (!status) {
        blur_across(cells, across, room, taps, radius);
        blur_down(cells, across, taps, radius);
    }
    free(across);
    free(room);
    return status;
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

/* Where a pixel lies in a row of cells: between cell `first` and the next, nearer to that the larger `share` is. */
typedef struct {
    int first;
    float share;
} between;

/* Returns the place of pixel `p` in cells of `step` pixels whose content begins at `start`. */
static between place_of(int p, double start, int step, int pad) {
    double at = (p + 0.5 - start) / step - 0.5 + pad;
    int first = (int)floor(at);
    return (between){first, (float)(at - first)};
}

/* Paints the grid, whose cells are `step` pixels and whose content begins at (x, y), in between by straight lines. */
static int paint(cairo_surface_t *target, const grid *cells, int step, double x, double y, cts_stop color) {
    int width = cairo_image_surface_get_width(target), height = cairo_image_surface_get_height(target);
    int stride = cairo_image_surface_get_stride(target);
    unsigned char *bytes = cairo_image_surface_get_data(target);
    int left = (int)fmax(0, floor(x - cells->pad * step)), top = (int)fmax(0, floor(y - cells->pad * step));
    int right = (int)fmin(width, ceil(x + (cells->width - cells->pad) * (double)step));
    int bottom = (int)fmin(height, ceil(y + (cells->height - cells->pad) * (double)step));
    while (left < right && place_of(left, x, step, cells->pad).first < 0) left++;
    while (left < right && place_of(right - 1, x, step, cells->pad).first + 1 >= cells->width) right--;
    if (left >= right) return CTS_OK;
    between *columns = malloc((size_t)(right - left) * sizeof *columns);
    float *row = malloc((size_t)cells->width * sizeof *row);
    if (!columns || !row) bottom = top;
    for (int px = left; px < right && columns; px++) columns[px - left] = place_of(px, x, step, cells->pad);
    float solid = (float)color.alpha / 255;
    for (int py = top; py < bottom; py++) {
        uint32_t *pixels = (uint32_t *)(void *)(bytes + (ptrdiff_t)py * stride) + left;
        between line = place_of(py, y, step, cells->pad);
        if (line.first < 0 || line.first + 1 >= cells->height) continue;
        const float *above = cells->values + (size_t)line.first * (size_t)cells->width, *below = above + cells->width;
        for (int i = 0; i < cells->width; i++) row[i] = (1 - line.share) * above[i] + line.share * below[i];
        for (int i = 0; i < right - left; i++) {
            const float *cell = row + columns[i].first;
            float value = (1 - columns[i].share) * cell[0] + columns[i].share * cell[1];
            float alpha = fminf(value, 1) * solid;
            if (alpha > 0.001f) pixels[i] = over(pixels[i], color, alpha);
        }
    }
    int status = columns && row ? CTS_OK : CTS_NO_MEMORY;
    free(columns);
    free(row);
    return status;
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
    if (!status) status = paint(target, &cells, step, x + dx, y + dy, color);
    cairo_surface_mark_dirty(target);
    free(cells.values);
    return status;
}
#endif
