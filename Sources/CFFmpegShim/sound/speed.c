/* SPDX-License-Identifier: Apache-2.0 */
/* Playing stereo sound at another speed, by resampling it: its pitch changes with it. */
#include "../internal.h"

#include <libswresample/swresample.h>

struct cfs_speed {
    SwrContext *resampler;
};

int cfs_speed_create(int64_t millionths, cfs_speed **out) {
    *out = NULL;
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
    int in = 1, rate = 1;
    /* Rates are whole numbers, of which libswresample needs only the ratio. */
    av_reduce(&in, &rate, millionths, 1000000, 20000);
    cfs_speed *speed = av_mallocz(sizeof *speed);
    if (!speed) return AVERROR(ENOMEM);
    int status = swr_alloc_set_opts2(&speed->resampler, &stereo, AV_SAMPLE_FMT_FLT, rate * 100, &stereo, AV_SAMPLE_FMT_FLT,
                                     in * 100, 0, NULL);
    if (status >= 0) status = swr_init(speed->resampler);
    if (status >= 0) *out = speed;
    else cfs_speed_free(speed);
    return status < 0 ? status : 0;
}

void cfs_speed_free(cfs_speed *speed) {
    if (!speed) return;
    swr_free(&speed->resampler);
    av_free(speed);
}

int cfs_speed_convert(cfs_speed *speed, const float *in, int in_count, float *out, int room, int *got) {
    const uint8_t *source[1] = {(const uint8_t *)in};
    uint8_t *target[1] = {(uint8_t *)out};
    int status = swr_convert(speed->resampler, out ? target : NULL, room, in ? source : NULL, in_count);
    *got = status < 0 ? 0 : status;
    return status < 0 ? status : 0;
}
