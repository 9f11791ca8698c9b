/* SPDX-License-Identifier: Apache-2.0 */
/* Playing stereo sound at another speed with its pitch kept, by librubberband where it is there. */
#include "../internal.h"

#if defined(__has_include)
#if __has_include(<rubberband/rubberband-c.h>)
#define CFS_HAS_STRETCH 1
#endif
#endif

#ifdef CFS_HAS_STRETCH
#include <rubberband/rubberband-c.h>

enum {
    STEP = 1024,
    /* The older engine is up to 1 % off the pitch. With one short window the newer is three times as fast as with all. */
#if RUBBERBAND_API_MAJOR_VERSION > 2 || (RUBBERBAND_API_MAJOR_VERSION == 2 && RUBBERBAND_API_MINOR_VERSION >= 7)
    ENGINE = RubberBandOptionEngineFiner | RubberBandOptionWindowShort,
#else
    ENGINE = 0,
#endif
};

struct cfs_stretch {
    RubberBandState state;
    unsigned drop;                 /* samples that the stretcher gives before those asked for */
    float in[CFS_CHANNELS][STEP], out[CFS_CHANNELS][STEP];
};

int cfs_stretch_is_available(void) { return 1; }

int cfs_stretch_create(double speed, cfs_stretch **out) {
    *out = NULL;
    if (!(speed >= 0.05 && speed <= 20)) return AVERROR(EINVAL);
    cfs_stretch *stretch = av_mallocz(sizeof *stretch);
    if (!stretch) return AVERROR(ENOMEM);
    /* One thread, and no look at the whole sound first: the result depends on the samples alone. */
    stretch->state = rubberband_new(CFS_SAMPLE_RATE, CFS_CHANNELS,
                                    RubberBandOptionProcessRealTime | RubberBandOptionThreadingNever
                                        | RubberBandOptionChannelsTogether | ENGINE,
                                    1 / speed, 1);
    if (!stretch->state) {
        av_free(stretch);
        return AVERROR(ENOMEM);
    }
    rubberband_set_debug_level(stretch->state, 0);
    rubberband_set_max_process_size(stretch->state, STEP);
    stretch->drop = rubberband_get_start_delay(stretch->state);
    const float *const in[CFS_CHANNELS] = {stretch->in[0], stretch->in[1]};
    for (unsigned left = rubberband_get_preferred_start_pad(stretch->state); left > 0;) {
        unsigned some = left < STEP ? left : STEP;
        rubberband_process(stretch->state, in, some, 0);
        left -= some;
    }
    *out = stretch;
    return 0;
}

void cfs_stretch_free(cfs_stretch *stretch) {
    if (!stretch) return;
    rubberband_delete(stretch->state);
    av_free(stretch);
}

int cfs_stretch_wants(cfs_stretch *stretch) {
    if (rubberband_available(stretch->state) > 0) return 0;
    unsigned wanted = rubberband_get_samples_required(stretch->state);
    return wanted < 1 ? 1 : wanted > STEP ? STEP : (int)wanted;
}

int cfs_stretch_push(cfs_stretch *stretch, const float *samples, int count) {
    if (count < 0 || count > STEP) return AVERROR(EINVAL);
    for (int i = 0; i < count; i++)
        for (int c = 0; c < CFS_CHANNELS; c++) stretch->in[c][i] = samples[CFS_CHANNELS * i + c];
    const float *const in[CFS_CHANNELS] = {stretch->in[0], stretch->in[1]};
    rubberband_process(stretch->state, in, (unsigned)count, 0);
    return 0;
}

int cfs_stretch_read(cfs_stretch *stretch, float *samples, int room, int *got) {
    float *const out[CFS_CHANNELS] = {stretch->out[0], stretch->out[1]};
    *got = 0;
    for (;;) {
        int ready = rubberband_available(stretch->state);
        unsigned some = (unsigned)cfs_min(cfs_max(ready, 0), stretch->drop ? STEP : cfs_min(room - *got, STEP));
        if (stretch->drop && some > stretch->drop) some = stretch->drop;
        if (some == 0) return 0;
        some = rubberband_retrieve(stretch->state, out, some);
        if (some == 0) return 0;
        if (stretch->drop) {
            stretch->drop -= some;
            continue;
        }
        for (unsigned i = 0; i < some; i++)
            for (int c = 0; c < CFS_CHANNELS; c++) samples[(unsigned)(CFS_CHANNELS * *got) + CFS_CHANNELS * i + (unsigned)c] = out[c][i];
        *got += (int)some;
    }
}

#else

int cfs_stretch_is_available(void) { return 0; }
int cfs_stretch_create(double speed, cfs_stretch **out) {
    (void)speed;
    *out = NULL;
    return AVERROR(ENOSYS);
}
void cfs_stretch_free(cfs_stretch *stretch) { (void)stretch; }
int cfs_stretch_wants(cfs_stretch *stretch) { return stretch ? 0 : 0; }
int cfs_stretch_push(cfs_stretch *stretch, const float *samples, int count) {
    (void)stretch, (void)samples, (void)count;
    return AVERROR(ENOSYS);
}
int cfs_stretch_read(cfs_stretch *stretch, float *samples, int room, int *got) {
    (void)stretch, (void)samples, (void)room;
    *got = 0;
    return AVERROR(ENOSYS);
}

#endif
