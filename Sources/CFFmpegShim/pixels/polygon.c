/* SPDX-License-Identifier: Apache-2.0 */
/* Filled polygons, each pixel by its exact area. */
#include "../internal.h"

#include <math.h>

/* A row holds, for each pixel, by how much the covered height changes there; their sums from left to right are the coverage.
   Adds an edge's part within a row, from (x0, y0) to (x1, y1), with 0 <= y <= 1 and x clamped to 0 … width. */
static void add_edge(float *row, int width, double x0, double y0, double x1, double y1) {
    double height = y1 - y0;
    if (height == 0) return;
    if (x0 > x1) {   /* from left to right; the height keeps its sign */
        double x = x0;
        x0 = x1;
        x1 = x;
    }
    int first = cfs_clamp((int)floor(x0), 0, width - 1), last = cfs_clamp((int)floor(x1), 0, width - 1);
    if (first == last) {
        double right = 1 - ((x0 + x1) / 2 - first);   /* the part of the pixel to the right of the edge */
        row[first] += (float)(height * right);
        row[first + 1] += (float)(height * (1 - right));
        return;
    }
    double slope = height / (x1 - x0), covered = 0;
    for (int x = first; x <= last; x++) {
        double from = fmax(x0, x), to = fmin(x1, x + 1.0);
        double part = (to - from) * slope, right = x + 1 - (from + to) / 2;
        row[x] += (float)(part * right);
        row[x + 1] += (float)(part * (1 - right));
        covered += part;
    }
    row[last + 1] += (float)(height - covered);       /* what rounding has lost */
}

int cfs_frame_polygon(cfs_frame *frame, const double *points, int count) {
    int width = frame->width, height = frame->height;
    for (int i = 0; i < 2 * count; i++)
        if (!(fabs(points[i]) <= 1e12)) return AVERROR(EINVAL);
    size_t stride = (size_t)width + 2;
    float *rows = av_calloc((size_t)height * stride, sizeof *rows);
    if (!rows) return AVERROR(ENOMEM);
    for (int i = 0; i < count; i++) {
        const double *a = points + 2 * i, *b = points + 2 * ((i + 1) % count);
        double top = fmax(fmin(a[1], b[1]), 0), bottom = fmin(fmax(a[1], b[1]), height);
        for (int y = (int)floor(top); y < height && y < bottom; y++) {
            double from = fmax(top, y), to = fmin(bottom, y + 1.0), x[2];
            if (to <= from) continue;
            for (int end = 0; end < 2; end++) {
                double at = end ? to : from;
                x[end] = fmin(fmax(a[0] + (b[0] - a[0]) * ((at - a[1]) / (b[1] - a[1])), 0), width);
            }
            if (a[1] < b[1]) add_edge(rows + (size_t)y * stride, width, x[0], from - y, x[1], to - y);
            else add_edge(rows + (size_t)y * stride, width, x[1], to - y, x[0], from - y);
        }
    }
    cfs_frame_fill(frame, 16, 128, 128, 255);
    for (int y = 0; y < height; y++) {
        uint8_t *luma = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        float sum = 0;
        for (int x = 0; x < width; x++) {
            sum += rows[(size_t)y * stride + (size_t)x];
            luma[x] = (uint8_t)(16 + lrintf(219 * fminf(fabsf(sum), 1)));
        }
    }
    av_free(rows);
    return 0;
}
