/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A separable polyphase resampler for 8-bit 4:2:0 with exact sub-pixel positions, used for moving pictures.
 *
 * zimg can do the same with a fractional active region, but it rebuilds a whole graph for every new position, which
 * costs as much again as the resize. Here a new position costs one set of coefficients per axis.
 *
 * It works vertically first, a row at a time into 16-bit values with 6 fractional bits, then horizontally into 8 bits.
 * All arithmetic uses integers with one defined rounding, so plain C, AVX2 and AVX-512 give the same bytes.
 */
#include "../internal.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    BLOCK = 16,             /* outputs whose horizontal coefficients are adjacent */
    MAX_TAPS = 256,         /* shrinks by 64 at once; plans shrink stills before they move */
    FRACTION = 6,           /* fractional bits between the passes */
    LIFT = FRACTION + 1,    /* of the input: times a 14-bit weight, divided by 2^15, that leaves FRACTION */
    ROW_PADDING = MAX_TAPS, /* samples a kernel may read past a row: a vector, or its taps in narrower pictures */
};

/* The coefficients of one axis of one plane. */
struct axis {
    int taps;               /* even */
    int count;              /* outputs */
    int first, last;        /* range of source samples used, half-open */
    int32_t *start;         /* first source sample of each output, from `first` on */
    int16_t *weights;       /* vertical: [output][tap]; horizontal: [block][pair][output][2]. At edges a sum of weights
                               exceeds 1, so 1.0 is 16384 and not 32768 */
    size_t start_room, weight_room;
};

struct cfs_resampler {
    struct axis x, y;
    int16_t *row;
    size_t row_room;
};

cfs_resampler *cfs_resampler_create(void) { return av_mallocz(sizeof(cfs_resampler)); }

void cfs_resampler_free(cfs_resampler *resampler) {
    if (!resampler) return;
    av_free(resampler->x.start);
    av_free(resampler->x.weights);
    av_free(resampler->y.start);
    av_free(resampler->y.weights);
    av_free(resampler->row);
    av_free(resampler);
}

static int make_room(void **memory, size_t *room, size_t needed) {
    if (needed <= *room) return 0;
    av_free(*memory);
    *memory = av_malloc(needed);
    *room = *memory ? needed : 0;
    return *memory ? 0 : AVERROR(ENOMEM);
}

/* Catmull-Rom: Keys' cubic with a = −1/2 (Keys 1981, eq. 15). */
static inline double kernel(double x) {
    x = fabs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
    return 0;
}

/* Computes the weights of `count` outputs over `size` source samples. Output i lies at sample ((step·i + site)·scale +
   offset − site) / step, where `step` and `site` place the plane's samples among luma pixels. `one` is the value of
   1.0. */
static int prepare(struct axis *axis, int count, int size, cfs_axis map, int step, double site, int one, int horizontal) {
    double widen = fmax(map.scale, 1);
    int taps = (int)ceil(4 * widen - 1e-9);
    taps = cfs_min((taps + 1) / 2 * 2, MAX_TAPS);
    int real = cfs_min(taps, size);      /* a picture may be narrower than the kernel */
    int blocks = (count + BLOCK - 1) / BLOCK;
    int padded = blocks * BLOCK;
    if (make_room((void **)&axis->start, &axis->start_room, (size_t)padded * sizeof *axis->start) < 0
        || make_room((void **)&axis->weights, &axis->weight_room, (size_t)padded * (size_t)taps * sizeof *axis->weights) < 0)
        return AVERROR(ENOMEM);
    axis->taps = taps;
    axis->count = count;
    axis->first = size;
    axis->last = 0;
    double inverse = 1 / widen;
    for (int i = 0; i < padded; i++) {
        int output = cfs_min(i, count - 1);
        double position = ((step * output + site) * map.scale + map.offset - site) / step;
        /* Far outside, only the edge matters; this also keeps the integers small. */
        position = fmin(fmax(position, -1.0 - 2 * widen), size + 2 * widen);
        int first = (int)floor(position - 2 * widen) + 1;
        int start = cfs_clamp(first, 0, size - real);
        double weights[MAX_TAPS] = {0}, sum = 0;
        for (int k = 0; k < taps; k++) {
            double weight = kernel((first + k - position) * inverse);
            weights[cfs_clamp(first + k, 0, size - 1) - start < real
                        ? cfs_max(cfs_clamp(first + k, 0, size - 1) - start, 0) : real - 1] += weight;
            sum += weight;
        }
        int16_t *out = horizontal
            ? axis->weights + (size_t)(i / BLOCK) * BLOCK * (size_t)taps + (size_t)(i % BLOCK) * 2
            : axis->weights + (size_t)i * (size_t)taps;
        size_t pair_stride = horizontal ? 2 * BLOCK : 2;
        int total = 0, largest = 0;
        int values[MAX_TAPS];
        for (int k = 0; k < taps; k++) {
            values[k] = (int)lrint(weights[k] / sum * one);
            total += values[k];
            if (abs(values[k]) > abs(values[largest])) largest = k;
        }
        values[largest] += one - total;      /* flat areas stay flat */
        for (int k = 0; k < taps; k++)
            out[(size_t)(k / 2) * pair_stride + (size_t)(k & 1)] = (int16_t)cfs_clamp(values[k], -32768, 32767);
        axis->start[i] = start;
        axis->first = cfs_min(axis->first, start);
        axis->last = cfs_max(axis->last, start + real);
    }
    return 0;
}

/* ---- plain C: the reference for the others ---- */

static void vertical_c(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out) {
    for (int x = 0; x < width; x++) {
        int sum = 0;
        for (int k = 0; k < taps; k++) sum += ((rows[k][x] << LIFT) * weights[k] + 0x4000) >> 15;
        out[x] = (int16_t)cfs_clamp(sum, -32768, 32767);
    }
}

static void horizontal_c(const int16_t *row, const struct axis *axis, uint8_t *out) {
    for (int i = 0; i < axis->count; i++) {
        const int16_t *weights = axis->weights + (size_t)(i / BLOCK) * BLOCK * (size_t)axis->taps + (size_t)(i % BLOCK) * 2;
        const int16_t *in = row + axis->start[i] - axis->first;
        int sum = 1 << (13 + FRACTION);
        for (int k = 0; k < axis->taps; k += 2, weights += 2 * BLOCK)
            sum += in[k] * weights[0] + in[k + 1] * weights[1];
        out[i] = (uint8_t)cfs_clamp(sum >> (14 + FRACTION), 0, 255);
    }
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))

/* Both vertical kernels need at least a vector's width, and end with a vector that may overlap the previous one, so no
   byte outside the plane is read. */
AVX2 static void vertical_avx2(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out) {
    for (int x = 0;; x = cfs_min(x + 16, width - 16)) {
        __m256i sum = _mm256_setzero_si256();
        for (int k = 0; k < taps; k++) {
            __m256i v = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(rows[k] + x)));
            v = _mm256_mulhrs_epi16(_mm256_slli_epi16(v, LIFT), _mm256_set1_epi16(weights[k]));
            sum = _mm256_add_epi16(sum, v);
        }
        _mm256_storeu_si256((__m256i *)(out + x), sum);
        if (x + 16 >= width) break;
    }
}

/* Returns two neighbouring samples as one 32-bit element. */
static inline int32_t pair_at(const int16_t *in) {
    int32_t pair;
    memcpy(&pair, in, sizeof pair);
    return pair;
}

/* Selects, for each of eight outputs, the pair that begins at sample `from` + 2k of the sixteen samples from `in` on.
   Pairs at even samples are in one register, those at odd samples in another; gathers are many times slower. */
AVX2 static inline __m256i pairs_avx2(__m256i even, __m256i odd, __m256i half_index, __m256i is_odd) {
    return _mm256_blendv_epi8(_mm256_permutevar8x32_epi32(even, half_index), _mm256_permutevar8x32_epi32(odd, half_index),
                              is_odd);
}

AVX2 static void horizontal_avx2(const int16_t *row, const struct axis *axis, uint8_t *out) {
    const __m256i half = _mm256_set1_epi32(1 << (13 + FRACTION));
    for (int i = 0; i < axis->count; i += 8) {
        const int16_t *weights = axis->weights + (size_t)(i / BLOCK) * BLOCK * (size_t)axis->taps + (size_t)(i % BLOCK) * 2;
        const int32_t *start = axis->start + i;
        int window = start[7] + axis->taps - start[0];
        const int16_t *in = row + start[0] - axis->first;
        __m256i from = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(const void *)start), _mm256_set1_epi32(start[0]));
        __m256i is_odd = _mm256_cmpgt_epi32(_mm256_and_si256(from, _mm256_set1_epi32(1)), _mm256_setzero_si256());
        __m256i index = _mm256_srli_epi32(from, 1);
        __m256i sum = half;
        if (window <= 16) {
            __m256i even = _mm256_loadu_si256((const __m256i *)(const void *)in);
            __m256i odd = _mm256_loadu_si256((const __m256i *)(const void *)(in + 1));
            for (int k = 0; k < axis->taps; k += 2, weights += 2 * BLOCK) {
                __m256i pairs = pairs_avx2(even, odd, index, is_odd);
                sum = _mm256_add_epi32(
                    sum, _mm256_madd_epi16(pairs, _mm256_loadu_si256((const __m256i *)(const void *)weights)));
                index = _mm256_add_epi32(index, _mm256_set1_epi32(1));
            }
        } else if (window <= 32) {
            __m256i even[2], odd[2];
            for (int h = 0; h < 2; h++) {
                even[h] = _mm256_loadu_si256((const __m256i *)(const void *)(in + 16 * h));
                odd[h] = _mm256_loadu_si256((const __m256i *)(const void *)(in + 16 * h + 1));
            }
            for (int k = 0; k < axis->taps; k += 2, weights += 2 * BLOCK) {
                __m256i pairs = _mm256_blendv_epi8(pairs_avx2(even[0], odd[0], index, is_odd),
                                                   pairs_avx2(even[1], odd[1], index, is_odd),
                                                   _mm256_cmpgt_epi32(index, _mm256_set1_epi32(7)));
                sum = _mm256_add_epi32(
                    sum, _mm256_madd_epi16(pairs, _mm256_loadu_si256((const __m256i *)(const void *)weights)));
                index = _mm256_add_epi32(index, _mm256_set1_epi32(1));
            }
        } else {
            const int16_t *base = row - axis->first;
            for (int k = 0; k < axis->taps; k += 2, weights += 2 * BLOCK, base += 2) {
                __m256i pairs = _mm256_setr_epi32(
                    pair_at(base + start[0]), pair_at(base + start[1]), pair_at(base + start[2]), pair_at(base + start[3]),
                    pair_at(base + start[4]), pair_at(base + start[5]), pair_at(base + start[6]), pair_at(base + start[7]));
                sum = _mm256_add_epi32(
                    sum, _mm256_madd_epi16(pairs, _mm256_loadu_si256((const __m256i *)(const void *)weights)));
            }
        }
        sum = _mm256_srai_epi32(sum, 14 + FRACTION);
        __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
        __m128i bytes = _mm_packus_epi16(words, words);
        if (i + 8 <= axis->count) {
            _mm_storel_epi64((__m128i *)(void *)(out + i), bytes);
        } else {
            uint8_t rest[16];
            _mm_storeu_si128((__m128i *)(void *)rest, bytes);
            memcpy(out + i, rest, (size_t)(axis->count - i));
        }
    }
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

AVX512 static void vertical_avx512(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out) {
    for (int x = 0;; x = cfs_min(x + 32, width - 32)) {
        __m512i sum = _mm512_setzero_si512();
        for (int k = 0; k < taps; k++) {
            __m512i v = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(const void *)(rows[k] + x)));
            v = _mm512_mulhrs_epi16(_mm512_slli_epi16(v, LIFT), _mm512_set1_epi16(weights[k]));
            sum = _mm512_add_epi16(sum, v);
        }
        _mm512_storeu_si512(out + x, sum);
        if (x + 32 >= width) break;
    }
}

/* Sixteen outputs use one or two registers of neighbouring samples; a permutation selects each output's pair of
   taps. */
AVX512 static void horizontal_avx512(const int16_t *row, const struct axis *axis, uint8_t *out) {
    const __m512i half = _mm512_set1_epi32(1 << (13 + FRACTION));
    for (int i = 0; i < axis->count; i += BLOCK) {
        const int16_t *weights = axis->weights + (size_t)(i / BLOCK) * BLOCK * (size_t)axis->taps;
        int base = axis->start[i];
        int window = axis->start[i + BLOCK - 1] + axis->taps - base;
        const int16_t *in = row + base - axis->first;
        __m512i from = _mm512_sub_epi32(_mm512_loadu_si512(axis->start + i), _mm512_set1_epi32(base));
        /* The pair (n, n + 1) as two 16-bit indices. */
        __m512i index = _mm512_add_epi32(_mm512_or_si512(from, _mm512_slli_epi32(from, 16)), _mm512_set1_epi32(1 << 16));
        __m512i sum = half;
        if (window <= 32) {
            __m512i samples = _mm512_loadu_si512(in);
            for (int k = 0; k < axis->taps; k += 2, weights += 2 * BLOCK) {
                __m512i pairs = _mm512_permutexvar_epi16(index, samples);
                sum = _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_loadu_si512(weights)));
                index = _mm512_add_epi16(index, _mm512_set1_epi16(2));
            }
        } else if (window <= 64) {
            __m512i low = _mm512_loadu_si512(in), high = _mm512_loadu_si512(in + 32);
            for (int k = 0; k < axis->taps; k += 2, weights += 2 * BLOCK) {
                __m512i pairs = _mm512_permutex2var_epi16(low, index, high);
                sum = _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_loadu_si512(weights)));
                index = _mm512_add_epi16(index, _mm512_set1_epi16(2));
            }
        } else {
            for (int k = 0; k < axis->taps; k += 2, weights += 2 * BLOCK) {
                __m512i pairs = _mm512_i32gather_epi32(from, (const void *)(in + k), 2);
                sum = _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_loadu_si512(weights)));
            }
        }
        sum = _mm512_max_epi32(_mm512_srai_epi32(sum, 14 + FRACTION), _mm512_setzero_si512());
        __mmask16 mask = axis->count - i >= BLOCK ? 0xffff : (__mmask16)((1u << (axis->count - i)) - 1);
        _mm512_mask_cvtusepi32_storeu_epi8(out + i, mask, sum);
    }
}
#endif

static int resample_plane(cfs_resampler *r, const uint8_t *source, ptrdiff_t source_stride, uint8_t *target,
                          ptrdiff_t target_stride, int height) {
    int columns = r->x.last - r->x.first;
    int simd = cfs_simd_level();
    const uint8_t *rows[MAX_TAPS];
    (void)simd;
    if (make_room((void **)&r->row, &r->row_room, ((size_t)columns + ROW_PADDING) * sizeof *r->row) < 0)
        return AVERROR(ENOMEM);
    memset(r->row + columns, 0, ROW_PADDING * sizeof *r->row);
    for (int y = 0; y < height; y++) {
        for (int k = 0; k < r->y.taps; k++) {
            int line = cfs_min(r->y.start[y] + k, r->y.last - 1);   /* taps past the end have no weight */
            rows[k] = source + (ptrdiff_t)line * source_stride + r->x.first;
        }
        const int16_t *weights = r->y.weights + (size_t)y * (size_t)r->y.taps;
        uint8_t *out = target + (ptrdiff_t)y * target_stride;
#if defined(__x86_64__)
        if (simd >= 2 && columns >= 32) {
            vertical_avx512(rows, weights, r->y.taps, columns, r->row);
            horizontal_avx512(r->row, &r->x, out);
            continue;
        }
        if (simd >= 1 && columns >= 16) {
            vertical_avx2(rows, weights, r->y.taps, columns, r->row);
            horizontal_avx2(r->row, &r->x, out);
            continue;
        }
#endif
        vertical_c(rows, weights, r->y.taps, columns, r->row);
        horizontal_c(r->row, &r->x, out);
    }
    return 0;
}

int cfs_resample(cfs_resampler *r, const cfs_frame *source, cfs_frame *target, cfs_axis x, cfs_axis y) {
    int planes = cfs_min(cfs_plane_count(source), cfs_plane_count(target));
    for (int plane = 0; plane < planes; plane++) {
        int chroma = plane == 1 || plane == 2;
        int status = 0;
        /* U's samples are placed unlike Y's: on every second pixel, left-sited. V is like U, and A like Y. */
        if (plane == 0 || plane == 1 || plane == 3) {
            status = prepare(&r->x, cfs_plane_width(target, plane), cfs_plane_width(source, plane), x, chroma ? 2 : 1, 0.5,
                             1 << 14, 1);
            if (!status)
                status = prepare(&r->y, cfs_plane_height(target, plane), cfs_plane_height(source, plane), y,
                                 chroma ? 2 : 1, chroma ? 1 : 0.5, 1 << 14, 0);
        }
        if (!status)
            status = resample_plane(r, source->data[plane], source->linesize[plane], target->data[plane],
                                    target->linesize[plane], cfs_plane_height(target, plane));
        if (status) return status;
    }
    return 0;
}
