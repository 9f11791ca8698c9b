/* SPDX-License-Identifier: Apache-2.0 */
/* Loudness and true peak by EBU R128, measured by libebur128. */
#include "../internal.h"

#include <ebur128.h>
#include <math.h>

struct cfs_loudness {
    ebur128_state *state;
    int channels;
};

int cfs_loudness_create(int channels, int rate, int peaks, cfs_loudness **out) {
    *out = NULL;
    if (channels < 1 || channels > 64 || rate < 1000 || rate > 768000) return AVERROR(EINVAL);
    cfs_loudness *meter = av_mallocz(sizeof *meter);
    if (!meter) return AVERROR(ENOMEM);
    meter->channels = channels;
    meter->state = ebur128_init((unsigned)channels, (unsigned long)rate,
                                EBUR128_MODE_I | EBUR128_MODE_LRA | (peaks ? EBUR128_MODE_TRUE_PEAK : 0));
    if (!meter->state) {
        av_free(meter);
        return AVERROR(ENOMEM);
    }
    /* One channel is heard from both sides, as it is mixed. */
    if (channels == 1) ebur128_set_channel(meter->state, 0, EBUR128_DUAL_MONO);
    *out = meter;
    return 0;
}

void cfs_loudness_free(cfs_loudness *meter) {
    if (!meter) return;
    ebur128_destroy(&meter->state);
    av_free(meter);
}

int cfs_loudness_add(cfs_loudness *meter, const float *samples, int count) {
    if (count < 0) return AVERROR(EINVAL);
    int status = ebur128_add_frames_float(meter->state, samples, (size_t)count);
    return status == EBUR128_ERROR_NOMEM ? AVERROR(ENOMEM) : status ? AVERROR(EINVAL) : 0;
}

double cfs_loudness_integrated(cfs_loudness *meter) {
    double value = -HUGE_VAL;
    return ebur128_loudness_global(meter->state, &value) ? -HUGE_VAL : value;
}

double cfs_loudness_range(cfs_loudness *meter) {
    double value = 0;
    return ebur128_loudness_range(meter->state, &value) ? 0 : value;
}

double cfs_loudness_window(cfs_loudness *meter, int milliseconds) {
    double value = -HUGE_VAL;
    return ebur128_loudness_window(meter->state, (unsigned long)milliseconds, &value) ? -HUGE_VAL : value;
}

static double largest(cfs_loudness *meter, int (*get)(ebur128_state *, unsigned, double *)) {
    double most = 0, value;
    for (int i = 0; i < meter->channels; i++)
        if (get(meter->state, (unsigned)i, &value) == 0 && value > most) most = value;
    return most;
}

double cfs_loudness_peak(cfs_loudness *meter) { return largest(meter, ebur128_true_peak); }
double cfs_loudness_last_peak(cfs_loudness *meter) { return largest(meter, ebur128_prev_true_peak); }
