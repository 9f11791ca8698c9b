/* SPDX-License-Identifier: Apache-2.0 */
/* A limiter of true peaks that looks ahead.

   What comes out at a sample follows from a bounded number of samples around it alone, so that any part of the sound can be
   limited by itself. */
#include "../internal.h"

#include <libavutil/mathematics.h>
#include <math.h>

enum {
    TAPS = 24,       /* of each of the three phases between two samples */
    HALF = TAPS / 2,
    AHEAD = 240,     /* 5 ms, over which the gain falls before a peak */
    RELEASE = 7200,  /* 150 ms, over which it rises again from nothing */
    CONTEXT_BEFORE = HALF + RELEASE + 64 + AHEAD,
    CONTEXT_AFTER = HALF + AHEAD,
};

struct cfs_limiter {
    float taps[3][TAPS], window[AHEAD + 1];
    float *need, *look;      /* scratch, with room for `room` samples */
    int *queue;
    int room;
};

int cfs_limiter_create(cfs_limiter **out) {
    cfs_limiter *limiter = *out = av_mallocz(sizeof *limiter);
    if (!limiter) return AVERROR(ENOMEM);
    for (int p = 0; p < 3; p++) {
        double sum = 0, at = (p + 1) / 4.0, taps[TAPS];
        for (int k = 0; k < TAPS; k++) {
            double x = k - (HALF - 1) - at, window = cos(M_PI * x / (TAPS + 1));
            taps[k] = sin(M_PI * x) / (M_PI * x) * window * window;
            sum += taps[k];
        }
        for (int k = 0; k < TAPS; k++) limiter->taps[p][k] = (float)(taps[k] / sum);
    }
    double sum = 0;
    for (int k = 0; k <= AHEAD; k++) sum += 1 - cos(2 * M_PI * (k + 1) / (AHEAD + 2));
    for (int k = 0; k <= AHEAD; k++) limiter->window[k] = (float)((1 - cos(2 * M_PI * (k + 1) / (AHEAD + 2))) / sum);
    return 0;
}

void cfs_limiter_free(cfs_limiter *limiter) {
    if (!limiter) return;
    av_free(limiter->need);
    av_free(limiter->look);
    av_free(limiter->queue);
    av_free(limiter);
}

int cfs_limiter_before(void) { return CONTEXT_BEFORE; }
int cfs_limiter_after(void) { return CONTEXT_AFTER; }

/* Returns the larger one of sample `i` and the one after it, in both channels. */
static float larger_at(const float *in, int i) {
    float most = 0;
    for (int k = 0; k < 2 * CFS_CHANNELS; k++) most = fmaxf(most, fabsf(in[CFS_CHANNELS * i + k]));
    return most;
}

/* Returns the largest value between sample `i` and the one after it, with both; samples around them are there. */
static float peak_at(const cfs_limiter *limiter, const float *in, int i) {
    float most = larger_at(in, i);
    for (int c = 0; c < CFS_CHANNELS; c++) {
        for (int p = 0; p < 3; p++) {
            float sum = 0;
            for (int k = 0; k < TAPS; k++) sum += limiter->taps[p][k] * in[CFS_CHANNELS * (i + k - (HALF - 1)) + c];
            most = fmaxf(most, fabsf(sum));
        }
    }
    return most;
}

float cfs_limiter_peak(const cfs_limiter *limiter, const float *in, int count, float above) {
    float most = above;
    for (int i = HALF - 1; i + HALF < count; i++) {
        /* Between two samples of which neither is half as high as what was found, nothing higher is found but in sounds that
           no converter plays right. */
        if (larger_at(in, i) * 2 > most) most = fmaxf(most, peak_at(limiter, in, i));
    }
    return most;
}

static int make_room(cfs_limiter *limiter, int count) {
    if (limiter->room >= count) return 0;
    limiter->room = 0;
    av_freep(&limiter->need);
    av_freep(&limiter->look);
    av_freep(&limiter->queue);
    limiter->need = av_malloc_array((size_t)count, sizeof *limiter->need);
    limiter->look = av_malloc_array((size_t)count, sizeof *limiter->look);
    limiter->queue = av_malloc_array((size_t)count, sizeof *limiter->queue);
    if (!limiter->need || !limiter->look || !limiter->queue) return AVERROR(ENOMEM);
    limiter->room = count;
    return 0;
}

/* Finds by which part each sample has to be turned down. Returns whether any has to be. */
static int find_needs(cfs_limiter *limiter, const float *in, int count, float ceiling) {
    float *need = limiter->need;
    int any = 0;
    for (int i = 0; i < count; i++) need[i] = 0;
    for (int i = HALF - 1; i + HALF < count; i++) {
        if (larger_at(in, i) * 2 <= ceiling) continue;
        float peak = peak_at(limiter, in, i);
        if (peak <= ceiling) continue;
        float part = 1 - ceiling / peak;
        need[i] = fmaxf(need[i], part);
        need[i + 1] = fmaxf(need[i + 1], part);
        any = 1;
    }
    return any;
}

int cfs_limiter_run(cfs_limiter *limiter, const float *in, int count, float ceiling, float *out, float *most) {
    int before = CONTEXT_BEFORE, given = count - CONTEXT_BEFORE - CONTEXT_AFTER;
    *most = 0;
    if (given <= 0) return 0;
    int status = make_room(limiter, count);
    if (status < 0) return status;
    const float *own = in + (size_t)before * CFS_CHANNELS;
    if (!find_needs(limiter, in, count, ceiling)) {
        for (int i = 0; i < given * CFS_CHANNELS; i++) out[i] = own[i];
        return 0;
    }
    float *need = limiter->need, *look = limiter->look;
    /* The release: a line down from every need. After RELEASE samples nothing is left of one, so where it begins does not
       matter. */
    for (int i = 1; i < count; i++) need[i] = fmaxf(need[i], need[i - 1] - 1.0f / RELEASE);
    /* The largest need from each sample to AHEAD later. */
    int head = 0, tail = 0;
    for (int i = count - 1; i >= 0; i--) {
        while (tail > head && need[limiter->queue[tail - 1]] <= need[i]) tail--;
        limiter->queue[tail++] = i;
        while (limiter->queue[head] > i + AHEAD) head++;
        look[i] = need[limiter->queue[head]];
    }
    for (int i = 0; i < given; i++) {
        float part = 0;
        for (int k = 0; k <= AHEAD; k++) part += limiter->window[k] * look[before + i - k];
        *most = fmaxf(*most, part);
        out[2 * i] = own[2 * i] * (1 - part);
        out[2 * i + 1] = own[2 * i + 1] * (1 - part);
    }
    return 0;
}
