/* SPDX-License-Identifier: Apache-2.0 */
/* Effects on whole pictures: blocks, streaks, and broken rows. */
#include "effects.h"

#include <math.h>
#include <string.h>

cfs_effects *cfs_effects_create(void) { return av_mallocz(sizeof(cfs_effects)); }

void cfs_effects_free(cfs_effects *effects) {
    if (!effects) return;
    for (int room = 0; room < 3; room++) av_free(effects->rooms[room]);
    for (int i = 0; i < 2; i++) av_frame_free(&effects->halves[i]);
    av_free(effects);
}

void *cfs_effects_room(cfs_effects *effects, int room, size_t size) {
    if (size > effects->sizes[room]) {
        av_free(effects->rooms[room]);
        effects->rooms[room] = av_malloc(size);
        effects->sizes[room] = effects->rooms[room] ? size : 0;
    }
    return effects->rooms[room];
}

int cfs_effects_check(const AVFrame *source, const AVFrame *target) {
    return source->width == target->width && source->height == target->height && source->format == target->format
               && source->data[0] != target->data[0]
        ? 0 : AVERROR(EINVAL);
}

/* ---- squares ---- */

/* Returns the border before block `index` of a row of `count` chroma samples; block 0 is in the middle. */
static int border(int index, double size, int count) {
    double place = count / 2.0 + (index - 0.5) * size;
    return place <= 0 ? 0 : place >= count ? count : (int)lrint(place);
}

int cfs_frame_pixelate(cfs_effects *effects, const cfs_frame *source, cfs_frame *target, double size) {
    int status = cfs_effects_check(source, target);
    if (status) return status;
    if (!(size > 1)) return cfs_frame_copy(source, target);
    int across = cfs_plane_width(source, 1), down = cfs_plane_height(source, 1);
    double step = cfs_limit(size / 2, 0.5, 2.0 * cfs_max(across, down));
    int columns = (int)ceil(across / 2.0 / step) + 1, rows = (int)ceil(down / 2.0 / step) + 1;
    uint32_t *sums = cfs_effects_room(effects, 0, (size_t)source->width * sizeof *sums);
    if (!sums) return AVERROR(ENOMEM);
    for (int plane = 0; plane < cfs_plane_count(source); plane++) {
        int unit = plane == 1 || plane == 2 ? 1 : 2;
        int width = cfs_plane_width(source, plane), height = cfs_plane_height(source, plane);
        for (int row = -rows; row <= rows; row++) {
            int top = cfs_min(border(row, step, down) * unit, height);
            int bottom = cfs_min(border(row + 1, step, down) * unit, height);
            if (top == bottom) continue;
            memset(sums, 0, (size_t)width * sizeof *sums);
            for (int y = top; y < bottom; y++) {
                const uint8_t *in = source->data[plane] + (ptrdiff_t)y * source->linesize[plane];
                for (int x = 0; x < width; x++) sums[x] += in[x];
            }
            uint8_t *out = target->data[plane] + (ptrdiff_t)top * target->linesize[plane];
            for (int column = -columns; column <= columns; column++) {
                int left = cfs_min(border(column, step, across) * unit, width);
                int right = cfs_min(border(column + 1, step, across) * unit, width);
                if (left == right) continue;
                uint64_t sum = 0, count = (uint64_t)(right - left) * (uint64_t)(bottom - top);
                for (int x = left; x < right; x++) sum += sums[x];
                memset(out + left, (int)((sum + count / 2) / count), (size_t)(right - left));
            }
            for (int y = top + 1; y < bottom; y++)
                memcpy(target->data[plane] + (ptrdiff_t)y * target->linesize[plane], out, (size_t)width);
        }
    }
    return 0;
}

/* ---- streaks to the sides, or up and down ---- */

/* A box around a sample: `reach` whole samples on each side, and `part` 256ths of the next ones. A weighted sum becomes a mean by
   a shift to 16 bits and a multiplication by `inverse`, which needs no more than 32 bits. */
struct box {
    int reach;
    uint32_t part, inverse, half;
    int shift;
};

static struct box make_box(double length) {
    struct box box;
    box.reach = (int)floor(length / 2);
    box.part = (uint32_t)lrint((length / 2 - box.reach) * 256);
    uint32_t weight = 256 * (uint32_t)(2 * box.reach + 1) + 2 * box.part;
    box.shift = 0;
    while ((255ull * weight) >> box.shift > 65535) box.shift++;
    box.inverse = (uint32_t)((1ull << (24 + box.shift)) / weight);
    box.half = (1u << box.shift) >> 1;
    return box;
}

#define MEAN(inner, ends) \
    (uint8_t)(((((inner) * 256 + (ends) * box->part + box->half) >> box->shift) * box->inverse + (1u << 23)) >> 24)

/* `row` is a row with `reach` + 1 more samples at both ends, `sums` has the sums of those before each. */
#define ACROSS_BODY                                                                                                    \
    int width = 2 * box->reach + 2;                                                                                    \
    for (int x = 0; x < count; x++) out[x] = MEAN(sums[x + width] - sums[x + 1], (uint32_t)row[x] + row[x + width]);

/* `sums` has each column's sum over the box's whole samples. */
#define DOWN_BODY                                                                                                      \
    for (int x = 0; x < count; x++) out[x] = MEAN(sums[x], (uint32_t)before[x] + after[x]);                            \
    for (int x = 0; x < count; x++) sums[x] += (uint32_t)after[x] - first[x];

typedef void across_kernel(const struct box *box, const uint8_t *row, const uint32_t *sums, int count, uint8_t *out);
typedef void down_kernel(const struct box *box, uint32_t *sums, const uint8_t *before, const uint8_t *after,
                         const uint8_t *first, int count, uint8_t *out);

static void across_c(const struct box *box, const uint8_t *row, const uint32_t *sums, int count, uint8_t *out) {
    ACROSS_BODY
}
static void down_c(const struct box *box, uint32_t *sums, const uint8_t *before, const uint8_t *after, const uint8_t *first,
                   int count, uint8_t *out) {
    DOWN_BODY
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void across_avx2(const struct box *box, const uint8_t *row, const uint32_t *sums,
                                                        int count, uint8_t *out) {
    ACROSS_BODY
}
__attribute__((target("avx2"))) static void down_avx2(const struct box *box, uint32_t *sums, const uint8_t *before,
                                                      const uint8_t *after, const uint8_t *first, int count, uint8_t *out) {
    DOWN_BODY
}
#endif

static int streak_across(cfs_effects *effects, const AVFrame *source, AVFrame *target, int plane, const struct box *box,
                         across_kernel *kernel) {
    int width = cfs_plane_width(source, plane), margin = box->reach + 1;
    size_t room = (size_t)width + 2 * (size_t)margin;
    uint8_t *row = cfs_effects_room(effects, 0, room);
    uint32_t *sums = cfs_effects_room(effects, 1, (room + 1) * sizeof *sums);
    if (!row || !sums) return AVERROR(ENOMEM);
    for (int y = 0; y < cfs_plane_height(source, plane); y++) {
        const uint8_t *in = source->data[plane] + (ptrdiff_t)y * source->linesize[plane];
        memcpy(row + margin, in, (size_t)width);
        for (int x = 1; x <= margin; x++) {
            row[margin - x] = in[cfs_mirror(-x, width)];
            row[margin + width - 1 + x] = in[cfs_mirror(width - 1 + x, width)];
        }
        sums[0] = 0;
        for (size_t x = 0; x < room; x++) sums[x + 1] = sums[x] + row[x];
        kernel(box, row, sums, width, target->data[plane] + (ptrdiff_t)y * target->linesize[plane]);
    }
    return 0;
}

static int streak_down(cfs_effects *effects, const AVFrame *source, AVFrame *target, int plane, const struct box *box,
                       down_kernel *kernel) {
    int width = cfs_plane_width(source, plane), height = cfs_plane_height(source, plane);
    uint32_t *sums = cfs_effects_room(effects, 0, (size_t)width * sizeof *sums);
    if (!sums) return AVERROR(ENOMEM);
    const uint8_t *top = source->data[plane];
    ptrdiff_t stride = source->linesize[plane];
    memset(sums, 0, (size_t)width * sizeof *sums);
    for (int y = -box->reach; y <= box->reach; y++) {
        const uint8_t *in = top + cfs_mirror(y, height) * stride;
        for (int x = 0; x < width; x++) sums[x] += in[x];
    }
    for (int y = 0; y < height; y++)
        kernel(box, sums, top + cfs_mirror(y - box->reach - 1, height) * stride,
               top + cfs_mirror(y + box->reach + 1, height) * stride, top + cfs_mirror(y - box->reach, height) * stride,
               width, target->data[plane] + (ptrdiff_t)y * target->linesize[plane]);
    return 0;
}

int cfs_frame_streak(cfs_effects *effects, const cfs_frame *source, cfs_frame *target, int vertical, double length) {
    int status = cfs_effects_check(source, target);
    if (status) return status;
    if (!(length > 0)) return cfs_frame_copy(source, target);
    /* Beyond the picture mirrored to both sides there is nothing new. Sums have room for 65,535 samples. */
    length = cfs_limit(length, 0, fmin(2.0 * (vertical ? source->height : source->width), 60000));
    across_kernel *across = across_c;
    down_kernel *down = down_c;
#if defined(__x86_64__)
    if (cfs_simd_level() >= 1) across = across_avx2, down = down_avx2;
#endif
    for (int plane = 0; plane < cfs_plane_count(source) && !status; plane++) {
        struct box box = make_box(plane == 1 || plane == 2 ? length / 2 : length);
        status = vertical ? streak_down(effects, source, target, plane, &box, down)
                          : streak_across(effects, source, target, plane, &box, across);
    }
    return status;
}

/* ---- streaks towards a point ---- */

/* target = the mean of two pictures, halves rounded up or down: both in turn, so that many means do not brighten it. */
static void mean(const AVFrame *a, const AVFrame *b, AVFrame *target, int up) {
    for (int plane = 0; plane < cfs_plane_count(target); plane++) {
        int width = cfs_plane_width(target, plane);
        for (int y = 0; y < cfs_plane_height(target, plane); y++) {
            const uint8_t *first = a->data[plane] + (ptrdiff_t)y * a->linesize[plane];
            const uint8_t *second = b->data[plane] + (ptrdiff_t)y * b->linesize[plane];
            uint8_t *out = target->data[plane] + (ptrdiff_t)y * target->linesize[plane];
            for (int x = 0; x < width; x++) out[x] = (uint8_t)((first[x] + second[x] + up) >> 1);
        }
    }
}

/* Mixes a picture into the target: all but `part` 256ths of it. */
static void fade(const AVFrame *source, AVFrame *target, int part) {
    if (part >= 256) return;
    for (int plane = 0; plane < cfs_plane_count(target); plane++) {
        int width = cfs_plane_width(target, plane);
        for (int y = 0; y < cfs_plane_height(target, plane); y++) {
            const uint8_t *sharp = source->data[plane] + (ptrdiff_t)y * source->linesize[plane];
            uint8_t *out = target->data[plane] + (ptrdiff_t)y * target->linesize[plane];
            for (int x = 0; x < width; x++) out[x] = (uint8_t)((sharp[x] * (256 - part) + out[x] * part + 128) >> 8);
        }
    }
}

/* Makes frames of half a picture's size. */
static int make_halves(cfs_effects *effects, const AVFrame *source) {
    int width = (source->width + 1) / 2, height = (source->height + 1) / 2;
    for (int i = 0; i < 2; i++) {
        AVFrame *half = effects->halves[i];
        if (half && half->width == width && half->height == height && half->format == source->format) continue;
        av_frame_free(&effects->halves[i]);
        effects->halves[i] = cfs_planar_frame(source->format, width, height);
        if (!effects->halves[i]) return AVERROR(ENOMEM);
    }
    return 0;
}

/* Draws each pixel as the mean of four. Half a pixel's shift of chroma to the side is nothing beside a streak. */
static void halve(const AVFrame *source, AVFrame *target) {
    for (int plane = 0; plane < cfs_plane_count(source); plane++) {
        int width = cfs_plane_width(source, plane), height = cfs_plane_height(source, plane);
        for (int y = 0; y < cfs_plane_height(target, plane); y++) {
            const uint8_t *a = source->data[plane] + (ptrdiff_t)cfs_min(2 * y, height - 1) * source->linesize[plane];
            const uint8_t *b = source->data[plane] + (ptrdiff_t)cfs_min(2 * y + 1, height - 1) * source->linesize[plane];
            uint8_t *out = target->data[plane] + (ptrdiff_t)y * target->linesize[plane];
            int whole = cfs_min(width / 2, cfs_plane_width(target, plane));
            for (int x = 0; x < whole; x++) out[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) >> 2);
            for (int x = whole; x < cfs_plane_width(target, plane); x++)
                out[x] = (uint8_t)((a[width - 1] + b[width - 1] + 1) >> 1);
        }
    }
}

int cfs_frame_zoom_streak(cfs_effects *effects, cfs_resampler *resampler, const cfs_frame *source, cfs_frame *target,
                          double x, double y, double amount) {
    int status = cfs_effects_check(source, target);
    if (status) return status;
    if (!(amount > 0)) return cfs_frame_copy(source, target);
    if ((status = make_halves(effects, source)) < 0) return status;
    amount = cfs_limit(amount, 0, 0.95);
    x = cfs_limit(x, 0, source->width) / 2;
    y = cfs_limit(y, 0, source->height) / 2;
    /* Each pass takes the mean of the picture and a smaller copy of it, so n passes are 2^n samples on every ray; at most two
       pixels apart if 64 are enough. */
    double farthest = amount * hypot(fmax(x, source->width / 2.0 - x), fmax(y, source->height / 2.0 - y));
    int passes = 1;
    while (passes < 6 && (1 << passes) < farthest / 1.5) passes++;
    double scale = pow(1 - amount, 1.0 / ((1 << passes) - 1));
    AVFrame *picture = effects->halves[0], *copy = effects->halves[1];
    halve(source, picture);
    for (int pass = 0; pass < passes; pass++) {
        cfs_axis across = {scale, x * (1 - scale)}, down = {scale, y * (1 - scale)};
        if ((status = cfs_resample(resampler, picture, copy, across, down)) < 0) return status;
        mean(picture, copy, picture, pass & 1);
        scale *= scale;
    }
    cfs_axis back = {0.5, 0};
    if ((status = cfs_resample(resampler, picture, target, back, back)) < 0) return status;
    fade(source, target, (int)lrint(fmin(farthest / 12, 1) * 256));
    return 0;
}

/* ---- broken rows ---- */

/* Copies a row moved to the right by `shift` samples, around the edges. */
static void copy_around(const uint8_t *in, uint8_t *out, int count, int shift) {
    shift = ((shift % count) + count) % count;
    memcpy(out + shift, in, (size_t)(count - shift));
    memcpy(out, in + count - shift, (size_t)shift);
}

int cfs_frame_glitch(const cfs_frame *source, cfs_frame *target, double strength, uint32_t seed) {
    int status = cfs_effects_check(source, target);
    if (status) return status;
    if (source->format != AV_PIX_FMT_YUV420P) return AVERROR(EINVAL);
    if (!(strength > 0)) return cfs_frame_copy(source, target);
    strength = cfs_limit(strength, 0, 1);
    int rows = cfs_plane_height(source, 1), columns = cfs_plane_width(source, 1);
    int apart = (int)lrint(strength * 0.016 * columns);
    for (int y = 0, end = 0, shift = 0; y < rows; y++) {   /* in rows of chroma */
        if (y == end) {
            uint32_t chance = cfs_scatter(seed * 7919u + (uint32_t)y);
            end = y + cfs_max(1, rows / 90) + (int)(chance % (uint32_t)cfs_max(1, rows / 14));
            uint32_t other = cfs_scatter(chance);
            shift = other % 1000 < 700 * strength
                ? (int)lrint(((other >> 16) / 32767.5 - 1) * 0.2 * strength * columns) : 0;
        }
        for (int plane = 0; plane < 3; plane++) {
            int count = cfs_plane_width(source, plane), step = plane ? 1 : 2;
            int moved = plane == 0 ? 2 * shift : plane == 1 ? shift + apart : shift - apart;
            for (int row = y * step; row < cfs_min((y + 1) * step, cfs_plane_height(source, plane)); row++)
                copy_around(source->data[plane] + (ptrdiff_t)row * source->linesize[plane],
                            target->data[plane] + (ptrdiff_t)row * target->linesize[plane], count, moved);
        }
    }
    return 0;
}
