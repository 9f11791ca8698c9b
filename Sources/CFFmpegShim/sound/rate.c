/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing mixed sound from 48 kHz to the output's rate and channels, each sample by its place alone. */
#include "../internal.h"

#include <math.h>
#include <string.h>

/* Samples of the input on each side of a sample of the output. With Kaiser's window the band up to 20 kHz is flat within
   0.01 dB, and what would be folded into it is 95 dB quieter. */
enum { REACH = CFS_RATE_REACH, TAPS = 2 * REACH };

struct cfs_rate {
    int up, down;   /* output and input samples of a period */
    float *taps;    /* for each of `up` phases, TAPS factors */
};

int cfs_rate_create(int rate, cfs_rate **out) {
    *out = NULL;
    if (rate < 8000 || rate > 192000) return AVERROR(EINVAL);
    cfs_rate *made = av_mallocz(sizeof *made);
    if (!made) return AVERROR(ENOMEM);
    av_reduce(&made->up, &made->down, rate, CFS_SAMPLE_RATE, CFS_SAMPLE_RATE);
    made->taps = av_malloc_array((size_t)made->up, TAPS * sizeof *made->taps);
    if (!made->taps) {
        cfs_rate_free(made);
        return AVERROR(ENOMEM);
    }
    /* The cut is in the middle between 20 kHz and what that frequency is folded to, or at the input's own limit. */
    double lower = fmin(rate, CFS_SAMPLE_RATE), cut = lower / CFS_SAMPLE_RATE * 0.955, beta = 9, most = cfs_bessel(beta);
    for (int phase = 0; phase < made->up; phase++) {
        double sum = 0, values[TAPS], fraction = (double)((int64_t)phase * made->down % made->up) / made->up;
        for (int tap = 0; tap < TAPS; tap++) {
            double x = tap - REACH + 1 - fraction, part = x / REACH;
            double sinc = fabs(x) < 1e-9 ? 1 : sin(M_PI * cut * x) / (M_PI * cut * x);
            values[tap] = fabs(part) >= 1 ? 0 : sinc * cfs_bessel(beta * sqrt(1 - part * part)) / most;
            sum += values[tap];
        }
        for (int tap = 0; tap < TAPS; tap++) made->taps[phase * TAPS + tap] = (float)(values[tap] / sum);
    }
    *out = made;
    return 0;
}

void cfs_rate_free(cfs_rate *rate) {
    if (!rate) return;
    av_free(rate->taps);
    av_free(rate);
}

void cfs_rate_convert(const cfs_rate *rate, const float *in, int64_t in_first, int in_count, float *out, int64_t out_first,
                      int out_count) {
    for (int i = 0; i < out_count; i++) {
        int64_t place = (out_first + i) * rate->down;
        const float *taps = rate->taps + (out_first + i) % rate->up * TAPS;
        int64_t first = place / rate->up - REACH + 1 - in_first;
        float left = 0, right = 0;
        int from = first < 0 ? (int)FFMIN(-first, TAPS) : 0, to = (int)FFMIN(TAPS, in_count - first);
        for (int tap = from; tap < to; tap++) {
            left += in[2 * (first + tap)] * taps[tap];
            right += in[2 * (first + tap) + 1] * taps[tap];
        }
        out[2 * i] = left;
        out[2 * i + 1] = right;
    }
}

void cfs_sound_mono(float *samples, int count) {
    for (int i = 0; i < count; i++) samples[i] = (samples[2 * i] + samples[2 * i + 1]) / 2;
}
