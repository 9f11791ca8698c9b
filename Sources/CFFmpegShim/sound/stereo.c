/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing decoded sound to stereo floats at 48 kHz. */
#include "audio.h"

#include <math.h>
#include <string.h>

static int make_room(cfs_audio *audio, int samples) {
    if (audio->ready_from) {
        memmove(audio->ready, audio->ready + (size_t)audio->ready_from * CFS_CHANNELS,
                (size_t)audio->ready_count * CFS_CHANNELS * sizeof *audio->ready);
        audio->ready_from = 0;
    }
    int needed = audio->ready_count + samples;
    if (needed <= audio->ready_room) return 0;
    float *room = av_realloc_array(audio->ready, (size_t)needed, CFS_CHANNELS * sizeof *room);
    if (!room) return AVERROR(ENOMEM);
    audio->ready = room;
    audio->ready_room = needed;
    return 0;
}

/* Puts silence in the place of what is no number, or far beyond anything that was recorded (120 dB over full scale), and
   counts it as lost: a single one of them would spoil whatever is mixed or measured with it. */
static void clean(cfs_audio *audio, float *samples, int count) {
    int is_clean = 1;   /* almost always, and found out several samples at once */
    for (int i = 0; i < count * CFS_CHANNELS; i++) is_clean &= fabsf(samples[i]) <= 1e6f;
    if (is_clean) return;
    for (int i = 0; i < count; i++) {
        if (fabsf(samples[2 * i]) <= 1e6f && fabsf(samples[2 * i + 1]) <= 1e6f) continue;
        samples[2 * i] = samples[2 * i + 1] = 0;
        audio->invalid++;
        if (!audio->lost++) audio->first_lost = audio->at / (CFS_TICKS / CFS_SAMPLE_RATE) + i;
    }
}

/* Passes `count` samples of a frame from `from` on, or NULL to drain, through the resampler into `ready`. */
int cfs_audio_resample(cfs_audio *audio, const AVFrame *frame, int from, int count) {
    int64_t most = swr_get_out_samples(audio->resampler, count);
    if (most < 0 || most > 1 << 24) return AVERROR_INVALIDDATA;
    int status = make_room(audio, (int)most);
    if (status < 0) return status;
    const uint8_t *in[64] = {0};
    if (frame) {
        int channels = frame->ch_layout.nb_channels, bytes = av_get_bytes_per_sample(frame->format);
        int is_planar = av_sample_fmt_is_planar(frame->format);
        if (channels > 64) return AVERROR(ENOSYS);
        for (int i = 0; i < (is_planar ? channels : 1); i++)
            in[i] = frame->extended_data[i] + (size_t)from * (size_t)bytes * (size_t)(is_planar ? 1 : channels);
    }
    float *out = audio->ready + (size_t)audio->ready_count * CFS_CHANNELS;
    uint8_t *planes[1] = {(uint8_t *)out};
    int got = swr_convert(audio->resampler, planes, (int)most, frame ? in : NULL, count);
    if (got < 0) return got;
    if (audio->out_channels == 1)   /* mono plays from both sides at its original level */
        for (int i = got - 1; i >= 0; i--) out[2 * i] = out[2 * i + 1] = out[i];
    audio->ready_count += got;
    clean(audio, out, got);
    return 0;
}

/* Creates the resampler from a frame's format in a layout to 48 kHz, with soxr or without it. */
static int create_resampler(cfs_audio *audio, const AVFrame *frame, AVChannelLayout *layout, int uses_soxr) {
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO, mono = AV_CHANNEL_LAYOUT_MONO;
    int is_mono = audio->out_channels == 1;
    int status = swr_alloc_set_opts2(&audio->resampler, is_mono ? &mono : &stereo, AV_SAMPLE_FMT_FLT, CFS_SAMPLE_RATE,
                                     is_mono ? &mono : layout, frame->format, frame->sample_rate, 0, NULL);
    /* A mix of more channels, by the coefficients of ITU-R BS.775, is made quieter until its loudest possible sum is full
       scale (as that asks for), in place of being cut. */
    if (status >= 0) status = av_opt_set_double(audio->resampler, "rematrix_maxval", 1, 0);
    if (status >= 0 && uses_soxr) status = av_opt_set_int(audio->resampler, "resampler", SWR_ENGINE_SOXR, 0);
    if (status >= 0) status = swr_init(audio->resampler);
    if (status < 0) swr_free(&audio->resampler);
    return status;
}

/* Adapts the resampler to the frame, after draining the old one. */
int cfs_audio_fit_resampler(cfs_audio *audio, const AVFrame *frame) {
    if (audio->resampler && audio->in_rate == frame->sample_rate && audio->in_format == frame->format
        && av_channel_layout_compare(&audio->in_layout, &frame->ch_layout) == 0)
        return 0;
    int status = 0;
    if (audio->resampler && (status = cfs_audio_resample(audio, NULL, 0, 0)) < 0) return status;
    swr_free(&audio->resampler);
    audio->out_channels = frame->ch_layout.nb_channels == 1 ? 1 : 2;
    AVChannelLayout layout = {0};
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&layout, frame->ch_layout.nb_channels);
    else
        status = av_channel_layout_copy(&layout, &frame->ch_layout);
    if (status >= 0) {
        /* soxr is 20 dB better than libswresample's own and as quick, but not in every build. */
        status = frame->sample_rate != CFS_SAMPLE_RATE ? create_resampler(audio, frame, &layout, 1) : -1;
        if (status < 0 && status != AVERROR(ENOMEM)) status = create_resampler(audio, frame, &layout, 0);
    }
    av_channel_layout_uninit(&layout);
    if (status < 0) return status;
    audio->in_rate = frame->sample_rate;
    audio->in_format = frame->format;
    av_frame_unref(audio->silence);
    return av_channel_layout_copy(&audio->in_layout, &frame->ch_layout);
}
