/* SPDX-License-Identifier: Apache-2.0 */
/* The blur of a turn. */
#include "effects.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/*
 * It works at half the size, where luma and both chroma planes have the same number of samples, so that one 32-bit number holds
 * all of a pixel. Each pass takes the mean of the picture and a copy of it that is turned, twice as far as in the pass before.
 */

enum { ROUND = 0x80 };

/* Returns a packed pixel's four bytes as four 16-bit lanes. */
static inline uint64_t lanes(uint32_t pixel) {
    return (pixel & 0x00ff00ffu) | (uint64_t)(pixel & 0xff00ff00u) << 24;
}

static inline uint32_t packed(uint64_t lanes) {
    return (uint32_t)(lanes & 0x00ff00ffu) | (uint32_t)(lanes >> 24 & 0xff00ff00u);
}

/* Returns the mix of two pixels, `part` 256ths of the second. */
static inline uint64_t mix(uint64_t a, uint64_t b, uint32_t part) {
    const uint64_t each = 0x0001000100010001u;
    return ((a * (256 - part) + b * part + ROUND * each) >> 8) & 0x00ff00ff00ff00ffu;
}

/* Returns an index mirrored once at 0 and at `count`, and then limited. */
static inline int inside(int index, int count) {
    index ^= index >> 31;
    index = cfs_min(index, 2 * count - 1 - index);
    return cfs_max(index, 0);
}

static inline uint64_t sample(const uint32_t *picture, int width, int height, int64_t x, int64_t y) {
    int column = (int)(x >> 16), row = (int)(y >> 16);
    uint32_t across = (uint32_t)(x >> 8) & 255, down = (uint32_t)(y >> 8) & 255;
    int left = inside(column, width), right = inside(column + 1, width);
    const uint32_t *above = picture + (size_t)inside(row, height) * (size_t)width;
    const uint32_t *below = picture + (size_t)inside(row + 1, height) * (size_t)width;
    return mix(mix(lanes(above[left]), lanes(above[right]), across), mix(lanes(below[left]), lanes(below[right]), across),
               down);
}

/* A turn of a row: the place of its first pixel in the picture, and the way to the next, in 65,536ths of a pixel. */
struct turn {
    int64_t x, y, step_x, step_y;
};

/* `first` may be NULL for no turn. Halves are rounded up or down. Both kernels give the same bytes. */
typedef void turn_kernel(const uint32_t *picture, int width, int height, const struct turn *first, const struct turn *second,
                         const uint32_t *same, int up, uint32_t *out);

static void turn_c(const uint32_t *picture, int width, int height, const struct turn *first, const struct turn *second,
                   const uint32_t *same, int up, uint32_t *out) {
    const uint64_t rounding = up ? 0x0001000100010001u : 0;
    for (int x = 0; x < width; x++) {
        uint64_t a = first ? sample(picture, width, height, first->x + x * first->step_x, first->y + x * first->step_y)
                           : lanes(same[x]);
        uint64_t b = sample(picture, width, height, second->x + x * second->step_x, second->y + x * second->step_y);
        out[x] = packed(((a + b + rounding) >> 1) & 0x00ff00ff00ff00ffu);
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i inside_avx2(__m256i index, __m256i last) {   /* last = 2 · count − 1 */
    index = _mm256_xor_si256(index, _mm256_srai_epi32(index, 31));
    index = _mm256_min_epi32(index, _mm256_sub_epi32(last, index));
    return _mm256_max_epi32(index, _mm256_setzero_si256());
}

AVX2 static inline __m256i mix_avx2(__m256i a, __m256i b, __m256i part) {
    __m256i rest = _mm256_sub_epi16(_mm256_set1_epi16(256), part);
    __m256i sum = _mm256_add_epi16(_mm256_mullo_epi16(a, rest), _mm256_mullo_epi16(b, part));
    return _mm256_srli_epi16(_mm256_add_epi16(sum, _mm256_set1_epi16(ROUND)), 8);
}

/* The bytes 0 and 2, and 1 and 3, of eight pixels as 16-bit lanes. */
struct eight { __m256i even, odd; };

AVX2 static inline struct eight lanes_avx2(__m256i pixels) {
    const __m256i bytes = _mm256_set1_epi16(0xff);
    return (struct eight){_mm256_and_si256(pixels, bytes), _mm256_srli_epi16(pixels, 8)};
}

AVX2 static inline struct eight sample_avx2(const uint32_t *picture, int width, int height, __m256i x, __m256i y) {
    const int *base = (const int *)(const void *)picture;
    __m256i columns = _mm256_set1_epi32(2 * width - 1), rows = _mm256_set1_epi32(2 * height - 1);
    __m256i stride = _mm256_set1_epi32(width), one = _mm256_set1_epi32(1), byte = _mm256_set1_epi32(255);
    __m256i column = _mm256_srai_epi32(x, 16), row = _mm256_srai_epi32(y, 16);
    __m256i left = inside_avx2(column, columns), right = inside_avx2(_mm256_add_epi32(column, one), columns);
    __m256i above = _mm256_mullo_epi32(inside_avx2(row, rows), stride);
    __m256i below = _mm256_mullo_epi32(inside_avx2(_mm256_add_epi32(row, one), rows), stride);
    __m256i across = _mm256_and_si256(_mm256_srli_epi32(x, 8), byte), down = _mm256_and_si256(_mm256_srli_epi32(y, 8), byte);
    across = _mm256_or_si256(across, _mm256_slli_epi32(across, 16));
    down = _mm256_or_si256(down, _mm256_slli_epi32(down, 16));
    struct eight a = lanes_avx2(_mm256_i32gather_epi32(base, _mm256_add_epi32(above, left), 4));
    struct eight b = lanes_avx2(_mm256_i32gather_epi32(base, _mm256_add_epi32(above, right), 4));
    struct eight c = lanes_avx2(_mm256_i32gather_epi32(base, _mm256_add_epi32(below, left), 4));
    struct eight d = lanes_avx2(_mm256_i32gather_epi32(base, _mm256_add_epi32(below, right), 4));
    return (struct eight){mix_avx2(mix_avx2(a.even, b.even, across), mix_avx2(c.even, d.even, across), down),
                          mix_avx2(mix_avx2(a.odd, b.odd, across), mix_avx2(c.odd, d.odd, across), down)};
}

AVX2 static inline __m256i places_avx2(int64_t start, int64_t step, int x) {
    const __m256i count = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_add_epi32(_mm256_set1_epi32((int)(start + x * step)),
                            _mm256_mullo_epi32(count, _mm256_set1_epi32((int)step)));
}

/* Places need 32 bits: pictures of at most 8,192 pixels a side. The last vector overlaps the one before it. */
AVX2 static void turn_avx2(const uint32_t *picture, int width, int height, const struct turn *first,
                           const struct turn *second, const uint32_t *same, int up, uint32_t *out) {
    const __m256i rounding = _mm256_set1_epi16((short)up);
    for (int x = 0;; x = cfs_min(x + 8, width - 8)) {
        struct eight a = first ? sample_avx2(picture, width, height, places_avx2(first->x, first->step_x, x),
                                             places_avx2(first->y, first->step_y, x))
                               : lanes_avx2(_mm256_loadu_si256((const __m256i *)(const void *)(same + x)));
        struct eight b = sample_avx2(picture, width, height, places_avx2(second->x, second->step_x, x),
                                     places_avx2(second->y, second->step_y, x));
        __m256i even = _mm256_srli_epi16(_mm256_add_epi16(_mm256_add_epi16(a.even, b.even), rounding), 1);
        __m256i odd = _mm256_srli_epi16(_mm256_add_epi16(_mm256_add_epi16(a.odd, b.odd), rounding), 1);
        _mm256_storeu_si256((__m256i *)(void *)(out + x), _mm256_or_si256(even, _mm256_slli_epi16(odd, 8)));
        if (x + 8 >= width) break;
    }
}
#endif

/* Returns the turn of row `y` by an angle about the middle. */
static struct turn turn_of_row(int y, int width, int height, double angle) {
    int64_t cosine = llrint(cos(angle) * 65536), sine = llrint(sin(angle) * 65536);
    /* From the middle, in half pixels: the first pixel's centre is at 1 − width. */
    int64_t dx = 1 - width, dy = 2 * y + 1 - height;
    return (struct turn){(((int64_t)(width - 1) << 16) + dx * cosine - dy * sine) >> 1,
                         (((int64_t)(height - 1) << 16) + dx * sine + dy * cosine) >> 1, cosine, sine};
}

/* target = the mean of the picture turned by two angles, about its middle. */
static void mean_of_turns(const uint32_t *picture, uint32_t *target, int width, int height, double from, double to, int up) {
    turn_kernel *kernel = turn_c;
#if defined(__x86_64__)
    if (cfs_simd_level() >= 1 && width >= 8 && width <= 8192 && height <= 8192) kernel = turn_avx2;
#endif
    for (int y = 0; y < height; y++) {
        struct turn first = turn_of_row(y, width, height, from), second = turn_of_row(y, width, height, to);
        kernel(picture, width, height, from == 0 ? NULL : &first, &second, picture + (size_t)y * (size_t)width, up,
               target + (size_t)y * (size_t)width);
    }
}

static void shrink(const AVFrame *source, uint32_t *target, int width, int height) {
    for (int y = 0; y < height; y++) {
        const uint8_t *above = source->data[0] + (ptrdiff_t)(2 * y) * source->linesize[0];
        const uint8_t *below = 2 * y + 1 < source->height ? above + source->linesize[0] : above;
        const uint8_t *u = source->data[1] + (ptrdiff_t)y * source->linesize[1];
        const uint8_t *v = source->data[2] + (ptrdiff_t)y * source->linesize[2];
        uint32_t *out = target + (size_t)y * (size_t)width;
        for (int x = 0; x < width; x++) {
            int right = cfs_min(2 * x + 1, source->width - 1);
            uint32_t luma = (uint32_t)(above[2 * x] + above[right] + below[2 * x] + below[right] + 2) >> 2;
            out[x] = luma | (uint32_t)u[x] << 8 | (uint32_t)v[x] << 16;
        }
    }
}

/* Enlarges the picture and mixes it with the sharp one: `part` 256ths of it. `rows` has room for two rows of luma. */
static void enlarge(const uint32_t *picture, const AVFrame *source, AVFrame *target, int width, int height, uint32_t part,
                    uint16_t *rows) {
    for (int y = 0; y < height; y++) {
        const uint32_t *here = picture + (size_t)y * (size_t)width;
        uint8_t *u = target->data[1] + (ptrdiff_t)y * target->linesize[1];
        uint8_t *v = target->data[2] + (ptrdiff_t)y * target->linesize[2];
        const uint8_t *sharp_u = source->data[1] + (ptrdiff_t)y * source->linesize[1];
        const uint8_t *sharp_v = source->data[2] + (ptrdiff_t)y * source->linesize[2];
        for (int x = 0; x < width; x++) {
            u[x] = (uint8_t)((sharp_u[x] * (256 - part) + (here[x] >> 8 & 255) * part + ROUND) >> 8);
            v[x] = (uint8_t)((sharp_v[x] * (256 - part) + (here[x] >> 16 & 255) * part + ROUND) >> 8);
        }
        for (int half = 0; half < 2; half++) {
            int line = 2 * y + half;
            if (line >= source->height) break;
            /* A luma row lies a quarter of the way from this row to the one above or below it; so do columns. */
            const uint32_t *other = picture + (size_t)cfs_clamp(half ? y + 1 : y - 1, 0, height - 1) * (size_t)width;
            uint16_t *row = rows + 1;
            for (int x = 0; x < width; x++) row[x] = (uint16_t)(3 * (here[x] & 255) + (other[x] & 255));
            row[-1] = row[0];
            row[width] = row[width - 1];
            const uint8_t *sharp = source->data[0] + (ptrdiff_t)line * source->linesize[0];
            uint8_t *out = target->data[0] + (ptrdiff_t)line * target->linesize[0];
            for (int x = 0; x < source->width / 2; x++) {
                uint32_t left = (3u * row[x] + row[x - 1] + 8) >> 4, right = (3u * row[x] + row[x + 1] + 8) >> 4;
                out[2 * x] = (uint8_t)((sharp[2 * x] * (256 - part) + left * part + ROUND) >> 8);
                out[2 * x + 1] = (uint8_t)((sharp[2 * x + 1] * (256 - part) + right * part + ROUND) >> 8);
            }
            if (source->width & 1) {
                uint32_t last = (3u * row[width - 1] + row[width - 2] + 8) >> 4;
                out[source->width - 1] = (uint8_t)((sharp[source->width - 1] * (256 - part) + last * part + ROUND) >> 8);
            }
        }
    }
}

int cfs_frame_spin_streak(cfs_effects *effects, const cfs_frame *source, cfs_frame *target, double degrees) {
    int status = cfs_effects_check(source, target);
    if (status) return status;
    if (source->format != AV_PIX_FMT_YUV420P) return AVERROR(EINVAL);
    if (!(fabs(degrees) > 0)) return cfs_frame_copy(source, target);
    degrees = cfs_limit(degrees, -180, 180);
    int width = cfs_plane_width(source, 1), height = cfs_plane_height(source, 1);
    size_t bytes = (size_t)width * (size_t)height * sizeof(uint32_t);
    uint32_t *picture = cfs_effects_room(effects, 0, bytes), *next = cfs_effects_room(effects, 1, bytes);
    uint16_t *rows = cfs_effects_room(effects, 2, ((size_t)width + 2) * sizeof *rows);
    if (!picture || !next || !rows) return AVERROR(ENOMEM);
    shrink(source, picture, width, height);
    double angle = degrees * M_PI / 180;
    int passes = 1;
    while (passes < 5 && (1 << passes) < fabs(angle) * hypot(width, height) / 4) passes++;
    double step = angle / ((1 << passes) - 1);
    for (int pass = 0; pass < passes; pass++) {
        /* The first pass also turns everything back by half the angle, so that the arcs have their middles at the pixels. */
        double start = pass == 0 ? -angle / 2 : 0;
        mean_of_turns(picture, next, width, height, start, start + step, pass & 1);
        uint32_t *last = picture;
        picture = next;
        next = last;
        step *= 2;
    }
    enlarge(picture, source, target, width, height, (uint32_t)lrint(fmin(fabs(degrees) / 1.5, 1) * 256), rows);
    return 0;
}
