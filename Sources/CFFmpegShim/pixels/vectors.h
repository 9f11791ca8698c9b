/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops that the compiler turns into vectors, once for every processor and once for AVX2.
 *
 * A loop is written as `CFS_BODY void name_body(…)`. CFS_VECTORS(name, parameters, arguments) then defines name_run(), which
 * calls the one this processor is best at. Both give the same bytes: integers do anyway, and floating point does because
 * neither fuses multiplications with additions nor changes the order of operations.
 */
#ifndef CFS_VECTORS_H
#define CFS_VECTORS_H

#include "../internal.h"

#pragma STDC FP_CONTRACT OFF

#define CFS_BODY static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define CFS_VECTORS(name, parameters, arguments) \
    __attribute__((target("avx2"))) static void name##_avx2 parameters { name##_body arguments; } \
    static void name##_plain parameters { name##_body arguments; } \
    static inline void name##_run parameters { \
        if (cfs_simd_level() >= 1) name##_avx2 arguments; \
        else name##_plain arguments; \
    }
#else
#define CFS_VECTORS(name, parameters, arguments) \
    static void name##_run parameters { name##_body arguments; }
#endif

#endif
