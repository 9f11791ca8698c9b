/* SPDX-License-Identifier: Apache-2.0 */
/* Loudness and true peak by EBU R128, measured by libebur128. */
#include "../internal.h"

#include <ebur128.h>
#include <math.h>

/* The range follows from the loudness of the last 3 s, taken ten times a second; libebur128 takes it once a second, too seldom
   for levels that change every few seconds. BINS of a twentieth of a LU from the absolute gate of -70 LUFS on. */
enum { BLOCKS = 30, BINS = 2000, BINS_PER_LU = 20 };

struct cfs_loudness {
    ebur128_state *state;
    int step, until_step;    /* the samples of a block of 100 ms, and those until its end */
    double powers[BLOCKS];   /* of the last blocks */
    int64_t blocks;
    uint32_t bins[BINS];
};

int cfs_loudness_create(int rate, int peaks, int mono, cfs_loudness **out) {
    *out = NULL;
    if (rate < 1000 || rate > 768000) return AVERROR(EINVAL);
    cfs_loudness *meter = av_mallocz(sizeof *meter);
    if (!meter) return AVERROR(ENOMEM);
    meter->step = meter->until_step = rate / 10;
    meter->state = ebur128_init(CFS_CHANNELS, (unsigned long)rate,
                                EBUR128_MODE_I | EBUR128_MODE_S | (peaks ? EBUR128_MODE_TRUE_PEAK : 0));
    if (!meter->state) {
        av_free(meter);
        return AVERROR(ENOMEM);
    }
    if (mono) ebur128_set_channel(meter->state, 1, EBUR128_UNUSED);
    *out = meter;
    return 0;
}

void cfs_loudness_free(cfs_loudness *meter) {
    if (!meter) return;
    ebur128_destroy(&meter->state);
    av_free(meter);
}

/* Notes the loudness of the 3 s that end with a block. */
static void end_block(cfs_loudness *meter) {
    double last = -HUGE_VAL, power = 0;
    ebur128_loudness_window(meter->state, 100, &last);
    meter->powers[meter->blocks++ % BLOCKS] = isfinite(last) ? pow(10, last / 10) : 0;
    if (meter->blocks < BLOCKS) return;
    for (int i = 0; i < BLOCKS; i++) power += meter->powers[i] / BLOCKS;
    double loudness = 10 * log10(power);
    if (loudness >= -70) meter->bins[FFMIN(BINS - 1, (int)((loudness + 70) * BINS_PER_LU))]++;
}

int cfs_loudness_add(cfs_loudness *meter, const float *samples, int count) {
    if (count < 0) return AVERROR(EINVAL);
    while (count > 0) {
        int part = FFMIN(count, meter->until_step);
        int status = ebur128_add_frames_float(meter->state, samples, (size_t)part);
        if (status) return status == EBUR128_ERROR_NOMEM ? AVERROR(ENOMEM) : AVERROR(EINVAL);
        samples += (size_t)part * CFS_CHANNELS;
        count -= part;
        meter->until_step -= part;
        if (meter->until_step) continue;
        end_block(meter);
        meter->until_step = meter->step;
    }
    return 0;
}

double cfs_loudness_integrated(cfs_loudness *meter) {
    double value = -HUGE_VAL;
    return ebur128_loudness_global(meter->state, &value) ? -HUGE_VAL : value;
}

/* EBU Tech 3342: from the 10th to the 95th percentile of what is not 20 LU quieter than the mean. */
double cfs_loudness_range(cfs_loudness *meter) {
    int64_t count = 0, seen = 0;
    double power = 0;
    for (int i = 0; i < BINS; i++) {
        count += meter->bins[i];
        power += meter->bins[i] * pow(10, ((i + 0.5) / BINS_PER_LU - 70) / 10);
    }
    if (!count) return 0;
    int first = FFMAX(0, (int)floor((10 * log10(power / (double)count) - 20 + 70) * BINS_PER_LU));
    for (int i = 0; i < first; i++) count -= meter->bins[i];
    int64_t lowest = (count - 1) / 10, highest = (95 * (count - 1) + 50) / 100;
    int low = -1, high = -1;
    for (int i = first; i < BINS && high < 0; i++) {
        seen += meter->bins[i];
        if (low < 0 && seen > lowest) low = i;
        if (seen > highest) high = i;
    }
    return low < 0 || high < 0 ? 0 : (double)(high - low) / BINS_PER_LU;
}

double cfs_loudness_window(cfs_loudness *meter, int milliseconds) {
    double value = -HUGE_VAL;
    return ebur128_loudness_window(meter->state, (unsigned long)milliseconds, &value) ? -HUGE_VAL : value;
}

double cfs_loudness_peak(cfs_loudness *meter) {
    double most = 0, value;
    for (unsigned i = 0; i < CFS_CHANNELS; i++)
        if (ebur128_true_peak(meter->state, i, &value) == 0 && value > most) most = value;
    return most;
}
