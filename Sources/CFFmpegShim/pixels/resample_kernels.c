/* SPDX-License-Identifier: Apache-2.0 */
/* The resampler's kernels. resample.c says how they work together. */
#include "resample.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- plain C: the reference for the others ---- */

void cfs_vertical_c(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out) {
    for (int x = 0; x < width; x++) {
        int sum = 0;
        for (int k = 0; k < taps; k++) sum += ((rows[k][x] << LIFT) * weights[k] + 0x4000) >> 15;
        out[x] = (int16_t)cfs_clamp(sum, -32768, 32767);
    }
}

void cfs_horizontal_c(const int16_t *row, const struct axis *axis, uint8_t *out) {
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
AVX2 void cfs_vertical_avx2(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out) {
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

AVX2 void cfs_horizontal_avx2(const int16_t *row, const struct axis *axis, uint8_t *out) {
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

AVX512 void cfs_vertical_avx512(const uint8_t *const *rows, const int16_t *weights, int taps, int width, int16_t *out) {
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
AVX512 void cfs_horizontal_avx512(const int16_t *row, const struct axis *axis, uint8_t *out) {
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
