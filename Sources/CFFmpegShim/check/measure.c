/* SPDX-License-Identifier: Apache-2.0 */
/* How dark a picture is, and how much it differs from another one. */
#include "../internal.h"

#include <string.h>

enum { TILE = 16 };   /* the side of a block */

static int plane_count(const cfs_picture *picture) { return picture->family == CFS_GREY ? 1 : 3; }

static int plane_width(const cfs_picture *picture, int plane) {
    return plane && picture->family == CFS_YUV ? AV_CEIL_RSHIFT(picture->width, picture->sub_w) : picture->width;
}

static int plane_height(const cfs_picture *picture, int plane) {
    return plane && picture->family == CFS_YUV ? AV_CEIL_RSHIFT(picture->height, picture->sub_h) : picture->height;
}

/* The plane that stands for the luma: of R, G and B the green one. */
static int luma_plane(const cfs_picture *picture) { return picture->family == CFS_RGB ? 1 : 0; }

/* Sums one row by blocks: samples, those up to `dark`, and differences. One function for each size of a sample. */
#define SUM_ROW(NAME, SAMPLE)                                                                                          \
    static void NAME(const SAMPLE *row, const SAMPLE *other, int width, int dark, uint64_t *sums, uint64_t *differences, \
                     uint64_t *darks) {                                                                                \
        for (int x = 0, tile = 0; x < width; x += TILE, tile++) {                                                      \
            int count = FFMIN(TILE, width - x);                                                                        \
            uint32_t sum = 0, difference = 0, few = 0;                                                                 \
            for (int i = 0; i < count; i++) {                                                                          \
                sum += row[x + i];                                                                                     \
                few += row[x + i] <= dark;                                                                             \
            }                                                                                                          \
            if (other)                                                                                                 \
                for (int i = 0; i < count; i++) difference += (uint32_t)FFABS((int)row[x + i] - (int)other[x + i]);    \
            sums[tile] += sum;                                                                                         \
            differences[tile] += difference;                                                                           \
            *darks += few;                                                                                             \
        }                                                                                                              \
    }
SUM_ROW(sum_row_8, uint8_t)
SUM_ROW(sum_row_16, uint16_t)

int cfs_picture_measure(const cfs_picture *picture, const cfs_picture *other, double black, cfs_picture_values *values) {
    int tiles = (picture->width + TILE - 1) / TILE;
    uint64_t *sums = av_malloc_array((size_t)tiles, 2 * sizeof *sums);
    if (!sums) return AVERROR(ENOMEM);
    uint64_t *differences = sums + tiles;
    if (other && (other->width != picture->width || other->height != picture->height || other->depth != picture->depth
                  || other->family != picture->family || other->sub_w != picture->sub_w || other->sub_h != picture->sub_h))
        other = NULL;
    double scale = (double)(1 << FFMAX(0, picture->depth - 8)), top = (double)((1 << picture->depth) - 1);
    int is_limited = picture->family != CFS_RGB && !picture->full_range;
    double low = is_limited ? 16 * scale : 0, span = is_limited ? 219 * scale : top;
    int dark = (int)(low + black * span), luma = luma_plane(picture);
    uint64_t darks = 0, ignored = 0, total = 0;
    double sum = 0, difference = 0, brightest = 0, greatest = 0;
    for (int plane = 0; plane < plane_count(picture); plane++) {
        int width = plane_width(picture, plane), height = plane_height(picture, plane), columns = (width + TILE - 1) / TILE;
        total += (uint64_t)width * (uint64_t)height;
        for (int y = 0; y < height;) {
            int end = FFMIN(y + TILE, height), rows = end - y;
            memset(sums, 0, (size_t)tiles * 2 * sizeof *sums);
            for (; y < end; y++) {
                const uint8_t *row = picture->data[plane] + y * picture->stride[plane];
                const uint8_t *beside = other ? other->data[plane] + y * other->stride[plane] : NULL;
                uint64_t *count = plane == luma ? &darks : &ignored;
                if (picture->depth > 8)
                    sum_row_16((const uint16_t *)(const void *)row, (const uint16_t *)(const void *)beside, width, dark, sums,
                               differences, count);
                else
                    sum_row_8(row, beside, width, dark, sums, differences, count);
            }
            for (int tile = 0; tile < columns; tile++) {
                double samples = (double)rows * FFMIN(TILE, width - tile * TILE);
                if (plane == luma) {
                    sum += (double)sums[tile];
                    brightest = FFMAX(brightest, (double)sums[tile] / samples);
                }
                difference += (double)differences[tile];
                greatest = FFMAX(greatest, (double)differences[tile] / samples);
            }
        }
    }
    av_free(sums);
    double pixels = (double)picture->width * picture->height;
    *values = (cfs_picture_values){
        .mean = (sum / pixels - low) / span, .dark = (double)darks / pixels, .brightest = (brightest - low) / span,
        .difference = other ? difference / (double)total / (top + 1) : -1, .greatest = other ? greatest / (top + 1) : -1,
    };
    return 0;
}
