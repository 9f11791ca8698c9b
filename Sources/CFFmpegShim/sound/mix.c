/* SPDX-License-Identifier: Apache-2.0 */
/* Sums and peaks of samples. */
#include "../internal.h"

#include <math.h>

void cfs_audio_mix(float *mix, const float *samples, int count, double from, double to) {
    float gain = (float)from, step = count > 0 ? (float)((to - from) / count) : 0;
    for (int i = 0; i < count; i++) {
        float g = gain + step * (float)i;
        mix[2 * i] += samples[2 * i] * g;
        mix[2 * i + 1] += samples[2 * i + 1] * g;
    }
}

float cfs_audio_peak(const float *samples, int count, int *over) {
    float peak = 0;
    *over = 0;
    for (int i = 0; i < count * CFS_CHANNELS; i++) {
        peak = fmaxf(peak, fabsf(samples[i]));
        *over += fabsf(samples[i]) > 1;
    }
    return peak;
}
