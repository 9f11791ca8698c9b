/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sampling with a kernel of four by four taps. All is done in integers, so that plain C, AVX2 and AVX-512 agree:
 *
 *   - the weights of a fraction are cubic polynomials in it, in 8192ths, which add up to one;
 *   - across, a weight is hi · 64 + lo, two signed bytes, for vectors multiply bytes by bytes; the sums have 7 fractional
 *     bits and fit 16 bits. Tap 1, whose weight reaches 128, is stored less 128, and its sample added 128 times;
 *   - down, the sums of four rows are multiplied by 8192ths and added in 32 bits.
 *
 * Beside an edge the kernel overshoots, in premultiplied colours and in alpha alike. Alpha is cut off at 255; where it is,
 * colours are divided by what it would have been, or else edges would get a rim.
 */
#include "transform.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    LO_HALF = 32, LO_BITS = 6,
    DOWN_BITS = 20,         /* 13 of weights and 7 of sums */
    HALF = 1 << (DOWN_BITS - 1), SOLID = 255 << DOWN_BITS,
};

/* ---- plain C: the reference for the others ---- */

/* (a · b) / 2^15, rounded, as the vectors' instruction does. */
static inline int multiply(int a, int b) { return (a * b + 0x4000) >> 15; }

static inline int polynomial(const int16_t c[4], int t) {
    return multiply(multiply(multiply(c[3], t) + c[2], t) + c[1], t) + c[0];
}

static inline void weigh(const struct samples *s, int vertical, int t, int weights[4]) {
    static const int taps[3] = {0, 2, 3};
    int sum = 0;
    for (int k = 0; k < 3; k++) {
        const struct cubic *cubic = &s->weights[k];
        sum += weights[taps[k]] = polynomial(vertical ? cubic->y : cubic->x, t);
    }
    weights[1] = WEIGHT_ONE - sum;
}

/* Returns the sample that stands for number `i` of `size`. */
static inline int inside(int64_t i, int size) { return i < 0 ? 0 : i >= size ? size - 1 : (int)i; }

void cfs_sample_plain(const struct samples *s, const struct run *run, int first, int count, uint8_t *const *out) {
    for (int i = first; i < first + count; i++) {
        int64_t px = cfs_fold(run->x + run->step_x[i], s->axis_x, s->period_x);
        int64_t py = cfs_fold(run->y + run->step_y[i], s->axis_y, s->period_y);
        int across[4], down[4], columns[4];
        weigh(s, 0, (int)(px & 0xffff) >> 1, across);
        weigh(s, 1, (int)(py & 0xffff) >> 1, down);
        int hi[4], lo[4];
        for (int k = 0; k < 4; k++) {
            columns[k] = inside((px >> POSITION_BITS) + k - 1, s->width);
            hi[k] = (across[k] + LO_HALF) >> LO_BITS;
            if (k == 2) hi[k] = cfs_min(hi[k], 127);
            lo[k] = across[k] - hi[k] * (1 << LO_BITS);
        }
        int sums[MOST_PLANES];
        for (int plane = 0; plane < s->planes; plane++) {
            int sum = HALF;
            for (int r = 0; r < 4; r++) {
                int line = inside((py >> POSITION_BITS) + r - 1, s->height);
                const uint8_t *row = s->data[plane] + line * s->stride;
                int p0 = row[columns[0]], p1 = row[columns[1]], p2 = row[columns[2]], p3 = row[columns[3]];
                int left = p0 * hi[0] + p1 * hi[1] + ((p0 * lo[0] + p1 * lo[1] + LO_HALF) >> LO_BITS);
                int right = p2 * hi[2] + p3 * hi[3] + ((p2 * lo[2] + p3 * lo[3] + LO_HALF) >> LO_BITS);
                sum += down[r] * (left + right);
            }
            sums[plane] = sum;
        }
        if (s->zero && sums[s->planes - 1] > SOLID) {
            float share = (float)SOLID / (float)sums[s->planes - 1];
            int zero = (s->zero << DOWN_BITS) + HALF;
            for (int plane = 0; plane < s->planes - 1; plane++)
                sums[plane] = zero + (int)((float)(sums[plane] - zero) * share);
        }
        for (int plane = 0; plane < s->planes; plane++) out[plane][i] = (uint8_t)cfs_clamp(sums[plane] >> DOWN_BITS, 0, 255);
    }
}

#if defined(__x86_64__)

static inline int pair(int16_t x, int16_t y) { return (int)((uint32_t)(uint16_t)x | (uint32_t)(uint16_t)y << 16); }

/* A processor does not foresee slanted ways through a picture. Any address may be named: none is read. */
static inline void fetch(const struct samples *s, int plane, int32_t at) {
    _mm_prefetch((const char *)((uintptr_t)s->data[plane] + (uintptr_t)(at + s->ahead)), _MM_HINT_T0);
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

AVX512 void cfs_sample_avx512(const struct samples *s, const struct line *line, int count, uint8_t *const *out) {
    /* Each 32-bit element is an output; its low half is about x, its high half about y. */
    const __m512i step_x = _mm512_loadu_si512(line->step_x), step_y = _mm512_loadu_si512(line->step_y);
    __m512i c[3][4];
    for (int k = 0; k < 3; k++)
        for (int n = 0; n < 4; n++) c[k][n] = _mm512_set1_epi32(pair(s->weights[k].x[n], s->weights[k].y[n]));
    const __m512i byte = _mm512_set1_epi32(255), second = _mm512_set1_epi32(0xff00), upper = _mm512_set1_epi32((int)0xffff0000);
    const __m512i one = _mm512_set1_epi16(WEIGHT_ONE), lo_half = _mm512_set1_epi16(LO_HALF), full = _mm512_set1_epi16(128);
    const __m512i stride = _mm512_set1_epi32((int)s->stride), half = _mm512_set1_epi32(HALF);
    const __m512i zero = _mm512_set1_epi32((s->zero << DOWN_BITS) + HALF), solid = _mm512_set1_epi32(SOLID);
    const int planes = s->planes;
    for (int i = 0; i < count; i++) {
        __m512i px = _mm512_add_epi32(_mm512_set1_epi32((int)((line->x + line->move_x * i) >> 16)), step_x);
        __m512i py = _mm512_add_epi32(_mm512_set1_epi32((int)((line->y + line->move_y * i) >> 16)), step_y);
        __m512i at = _mm512_add_epi32(_mm512_mullo_epi32(_mm512_srai_epi32(py, 16), stride), _mm512_srai_epi32(px, 16));
        __m512i t = _mm512_or_si512(_mm512_srli_epi32(_mm512_slli_epi32(px, 16), 17),
                                    _mm512_and_si512(_mm512_slli_epi32(py, 15), _mm512_set1_epi32(0x7fff0000)));
        __m512i w[4], hi[4], lo[4], rest = one;
        for (int k = 0; k < 3; k++) {
            __m512i sum = c[k][3];
            for (int n = 2; n >= 0; n--) sum = _mm512_add_epi16(_mm512_mulhrs_epi16(sum, t), c[k][n]);
            rest = _mm512_sub_epi16(rest, sum);
            w[k == 0 ? 0 : k + 1] = sum;
        }
        w[1] = rest;
        for (int k = 0; k < 4; k++) {
            hi[k] = _mm512_srai_epi16(_mm512_add_epi16(w[k], lo_half), LO_BITS);
            if (k == 2) hi[k] = _mm512_min_epi16(hi[k], _mm512_set1_epi16(127));
            lo[k] = _mm512_sub_epi16(w[k], _mm512_slli_epi16(hi[k], LO_BITS));
        }
        hi[1] = _mm512_sub_epi16(hi[1], full);
#define BYTES(v) \
        _mm512_or_si512(_mm512_or_si512(_mm512_and_si512(v[0], byte), _mm512_and_si512(_mm512_slli_epi32(v[1], 8), second)), \
                        _mm512_or_si512(_mm512_slli_epi32(_mm512_and_si512(v[2], byte), 16), _mm512_slli_epi32(v[3], 24)))
        __m512i across_hi = BYTES(hi), across_lo = BYTES(lo);
#undef BYTES
        for (int k = 0; k < 4; k++)
            w[k] = _mm512_or_si512(_mm512_srli_epi32(w[k], 16), _mm512_and_si512(w[k], upper));
        __m512i sums[MOST_PLANES];
        int32_t here = _mm_cvtsi128_si32(_mm512_castsi512_si128(at));
        for (int plane = 0; plane < planes; plane++) {
            fetch(s, plane, here);
            const uint8_t *base = s->data[plane] - s->stride - 1;
            __m512i sum = half;
            for (int r = 0; r < 4; r++, base += s->stride) {
                __m512i p = _mm512_i32gather_epi32(at, (const void *)base, 1);
                __m512i fine = _mm512_add_epi16(_mm512_maddubs_epi16(p, across_lo), lo_half);
                __m512i tap1 = _mm512_and_si512(_mm512_srli_epi32(p, 1), _mm512_set1_epi32(0x7f80));
                __m512i pairs = _mm512_add_epi16(_mm512_add_epi16(_mm512_maddubs_epi16(p, across_hi), tap1),
                                                 _mm512_srai_epi16(fine, LO_BITS));
                sum = _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, w[r]));
            }
            sums[plane] = sum;
        }
        if (s->zero && _mm512_cmpgt_epi32_mask(sums[planes - 1], solid)) {
            __m512i alpha = _mm512_max_epi32(sums[planes - 1], solid);
            __m512 share = _mm512_div_ps(_mm512_set1_ps((float)SOLID), _mm512_cvtepi32_ps(alpha));
            for (int plane = 0; plane < planes - 1; plane++) {
                __m512 colour = _mm512_cvtepi32_ps(_mm512_sub_epi32(sums[plane], zero));
                __m512i limited = _mm512_add_epi32(zero, _mm512_cvttps_epi32(_mm512_mul_ps(colour, share)));
                sums[plane] = _mm512_mask_mov_epi32(sums[plane], _mm512_cmpgt_epi32_mask(alpha, solid), limited);
            }
        }
        for (int plane = 0; plane < planes; plane++) {
            __m512i value = _mm512_max_epi32(_mm512_srai_epi32(sums[plane], DOWN_BITS), _mm512_setzero_si512());
            _mm_storeu_si128((__m128i *)(void *)(out[plane] + (size_t)i * RUN), _mm512_cvtusepi32_epi8(value));
        }
    }
}

#define AVX2 __attribute__((target("avx2")))

/* Eight outputs, from output `first` on, as 32-bit numbers for each plane. */
AVX2 static inline void eight(const struct samples *s, const struct run *run, int first, __m256i result[MOST_PLANES]) {
    __m256i px = _mm256_add_epi32(_mm256_set1_epi32((int)run->x),
                                  _mm256_loadu_si256((const __m256i *)(const void *)(run->step_x + first)));
    __m256i py = _mm256_add_epi32(_mm256_set1_epi32((int)run->y),
                                  _mm256_loadu_si256((const __m256i *)(const void *)(run->step_y + first)));
    __m256i t = _mm256_or_si256(_mm256_srli_epi32(_mm256_slli_epi32(px, 16), 17),
                                _mm256_and_si256(_mm256_slli_epi32(py, 15), _mm256_set1_epi32(0x7fff0000)));
    __m256i w[4], hi[4], lo[4], rest = _mm256_set1_epi16(WEIGHT_ONE);
    for (int k = 0; k < 3; k++) {
        const struct cubic *c = &s->weights[k];
        __m256i sum = _mm256_set1_epi32(pair(c->x[3], c->y[3]));
        for (int n = 2; n >= 0; n--)
            sum = _mm256_add_epi16(_mm256_mulhrs_epi16(sum, t), _mm256_set1_epi32(pair(c->x[n], c->y[n])));
        rest = _mm256_sub_epi16(rest, sum);
        w[k == 0 ? 0 : k + 1] = sum;
    }
    w[1] = rest;
    for (int k = 0; k < 4; k++) {
        hi[k] = _mm256_srai_epi16(_mm256_add_epi16(w[k], _mm256_set1_epi16(LO_HALF)), LO_BITS);
        if (k == 2) hi[k] = _mm256_min_epi16(hi[k], _mm256_set1_epi16(127));
        lo[k] = _mm256_sub_epi16(w[k], _mm256_slli_epi16(hi[k], LO_BITS));
    }
    hi[1] = _mm256_sub_epi16(hi[1], _mm256_set1_epi16(128));
    const __m256i byte = _mm256_set1_epi32(255), second = _mm256_set1_epi32(0xff00);
#define BYTES(v) \
    _mm256_or_si256(_mm256_or_si256(_mm256_and_si256(v[0], byte), _mm256_and_si256(_mm256_slli_epi32(v[1], 8), second)), \
                    _mm256_or_si256(_mm256_slli_epi32(_mm256_and_si256(v[2], byte), 16), _mm256_slli_epi32(v[3], 24)))
    __m256i across_hi = BYTES(hi), across_lo = BYTES(lo);
#undef BYTES
    for (int k = 0; k < 4; k++)
        w[k] = _mm256_blend_epi16(_mm256_srli_epi32(w[k], 16), w[k], 0xaa);
    __m256i at = _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srai_epi32(py, 16), _mm256_set1_epi32((int)s->stride)),
                                  _mm256_srai_epi32(px, 16));
    int32_t here = _mm_cvtsi128_si32(_mm256_castsi256_si128(at));
    for (int plane = 0; plane < s->planes; plane++) {
        fetch(s, plane, here);
        const uint8_t *base = s->data[plane] - s->stride - 1;
        __m256i sum = _mm256_set1_epi32(HALF);
        for (int r = 0; r < 4; r++, base += s->stride) {
            __m256i p = _mm256_i32gather_epi32((const int *)(const void *)base, at, 1);
            __m256i fine = _mm256_add_epi16(_mm256_maddubs_epi16(p, across_lo), _mm256_set1_epi16(LO_HALF));
            __m256i tap1 = _mm256_and_si256(_mm256_srli_epi32(p, 1), _mm256_set1_epi32(0x7f80));
            __m256i pairs = _mm256_add_epi16(_mm256_add_epi16(_mm256_maddubs_epi16(p, across_hi), tap1),
                                             _mm256_srai_epi16(fine, LO_BITS));
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, w[r]));
        }
        result[plane] = sum;
    }
    if (s->zero) {
        const __m256i zero = _mm256_set1_epi32((s->zero << DOWN_BITS) + HALF), solid = _mm256_set1_epi32(SOLID);
        __m256i alpha = result[s->planes - 1], is_over = _mm256_cmpgt_epi32(alpha, solid);
        __m256 share = _mm256_div_ps(_mm256_set1_ps((float)SOLID), _mm256_cvtepi32_ps(_mm256_max_epi32(alpha, solid)));
        for (int plane = 0; plane < s->planes - 1; plane++) {
            __m256 colour = _mm256_cvtepi32_ps(_mm256_sub_epi32(result[plane], zero));
            __m256i limited = _mm256_add_epi32(zero, _mm256_cvttps_epi32(_mm256_mul_ps(colour, share)));
            result[plane] = _mm256_blendv_epi8(result[plane], limited, is_over);
        }
    }
    for (int plane = 0; plane < s->planes; plane++) result[plane] = _mm256_srai_epi32(result[plane], DOWN_BITS);
}

AVX2 void cfs_sample_avx2(const struct samples *s, const struct line *line, int count, uint8_t *const *out) {
    for (int i = 0; i < count; i++) {
        struct run run = {(line->x + line->move_x * i) >> 16, (line->y + line->move_y * i) >> 16, line->step_x, line->step_y};
        __m256i low[MOST_PLANES], high[MOST_PLANES];
        eight(s, &run, 0, low);
        eight(s, &run, 8, high);
        for (int plane = 0; plane < s->planes; plane++) {
            __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low[plane], high[plane]), 0xd8);
            _mm_storeu_si128((__m128i *)(void *)(out[plane] + (size_t)i * RUN),
                             _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
        }
    }
}
#endif
