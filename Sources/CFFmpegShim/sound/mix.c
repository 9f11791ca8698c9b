/* SPDX-License-Identifier: Apache-2.0 */
/* Sums, gains, fades and peaks of samples. */
#include "../internal.h"

#include <libavutil/mathematics.h>
#include <math.h>

void cfs_audio_mix(float *restrict mix, const float *restrict samples, int count, cfs_gains from, cfs_gains step, int first) {
    if (step.left == 0 && step.right == 0) {
        float left = (float)from.left, right = (float)from.right;
        for (int i = 0; i < count; i++) {
            mix[2 * i] += samples[2 * i] * left;
            mix[2 * i + 1] += samples[2 * i + 1] * right;
        }
        return;
    }
    for (int i = 0; i < count; i++) {
        mix[2 * i] += samples[2 * i] * (float)(from.left + step.left * (first + i));
        mix[2 * i + 1] += samples[2 * i + 1] * (float)(from.right + step.right * (first + i));
    }
}

void cfs_audio_sum(float *restrict mix, const float *restrict samples, int count) {
    for (int i = 0; i < count * CFS_CHANNELS; i++) mix[i] += samples[i];
}

void cfs_audio_scale(float *samples, int count, double from, double step, int first) {
    for (int i = 0; i < count; i++) {
        float gain = (float)(from + step * (first + i));
        samples[2 * i] *= gain;
        samples[2 * i + 1] *= gain;
    }
}

/* Returns the gain of a curve at a part 0…1 of a fade from silence. */
static double fade_gain(int curve, double x) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    switch (curve) {
    case CFS_FADE_EQUAL_POWER: return sin(x * M_PI_2);
    case CFS_FADE_LOGARITHMIC: return (pow(1000, x) - 1) / 999;   /* 60 dB, moved so that it ends in silence */
    case CFS_FADE_S_CURVE: return (1 - cos(x * M_PI)) / 2;
    default: return x;
    }
}

void cfs_audio_fade(float *samples, int count, int curve, int64_t from, int step, int64_t length) {
    for (int i = 0; i < count; i++) {
        float gain = (float)fade_gain(curve, (double)(from + (int64_t)step * i) / (double)length);
        samples[2 * i] *= gain;
        samples[2 * i + 1] *= gain;
    }
}

float cfs_audio_peak(const float *samples, int count, int *over) {
    float peak = 0;
    int above = 0;
    for (int i = 0; i < count * CFS_CHANNELS; i++) {
        float value = fabsf(samples[i]);
        peak = value > peak ? value : peak;
        above += value > 1;
    }
    *over = above;
    return peak;
}
