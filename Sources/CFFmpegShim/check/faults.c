/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that can be seen in the samples of a sound: silence, clipping, and steps.

   A step is found where linear prediction fails: what a sound does next follows from what it did just before, but for the moment at
   which two pieces were joined that do not fit. The error of the prediction there is compared with the errors around it, so that
   noise and percussion, which cannot be predicted anyway, are no steps. */
#include "../internal.h"

#include <math.h>
#include <string.h>

enum {
    ORDER = 24,        /* of the prediction */
    BLOCK = 1024,      /* the samples that are searched at once, */
    WINDOW = 4096,     /* and those from which their prediction is learnt */
    KEPT = WINDOW + BLOCK,
    BEHIND = KEPT / 2 - BLOCK / 2,   /* where the block begins in what is kept */
    RUN = 3,           /* samples in a row at full scale that are clipped */
    MERGED = CFS_SAMPLE_RATE / 2,    /* clipping that is no further apart is one fault */
};
static const double silence = 0.001, full = 0.9999, quietest_step = 0.02, step_ratio = 25;

struct cfs_sound_faults {
    int channels;
    int64_t least_silence, at;
    int64_t silent_since;            /* -1: not silent */
    int run[CFS_CHANNELS];
    int64_t clip_start, clip_end, clip_count;
    double kept[CFS_CHANNELS][KEPT];
    int filled;                      /* of `kept` */
    int64_t last_step;
    double window[WINDOW];
};

cfs_sound_faults *cfs_sound_faults_create(int64_t least_silence, int is_mono) {
    cfs_sound_faults *faults = av_mallocz(sizeof *faults);
    if (!faults) return NULL;
    faults->channels = is_mono ? 1 : CFS_CHANNELS;
    faults->least_silence = least_silence;
    faults->silent_since = -1;
    faults->last_step = -CFS_SAMPLE_RATE;
    for (int i = 0; i < WINDOW; i++) faults->window[i] = 0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / WINDOW);
    return faults;
}

void cfs_sound_faults_free(cfs_sound_faults *faults) { av_free(faults); }

/* Where faults are written. */
typedef struct {
    cfs_sound_fault *list;
    int room, *found;
} output;

static void report(output *out, int kind, int64_t start, int64_t end, double value) {
    if (*out->found < out->room) out->list[(*out->found)++] = (cfs_sound_fault){kind, start, end, value};
}

/* Learns to predict a signal from a window around it (the autocorrelation method, Levinson's recursion). Returns 0 if there is
   nothing to learn from. */
static int learn(const cfs_sound_faults *faults, const double *signal, double *coefficients) {
    double windowed[WINDOW + ORDER], r[ORDER + 1] = {0}, a[ORDER + 1] = {1}, next[ORDER + 1];
    for (int i = 0; i < WINDOW; i++) windowed[i] = signal[i] * faults->window[i];
    memset(windowed + WINDOW, 0, ORDER * sizeof *windowed);
    for (int i = 0; i < WINDOW; i++)
        for (int lag = 0; lag <= ORDER; lag++) r[lag] += windowed[i] * windowed[i + lag];
    if (r[0] < 1e-6) return 0;
    r[0] = r[0] * (1 + 1e-7) + 1e-9;   /* so that silence and pure tones can be learnt too */
    double error = r[0];
    for (int i = 1; i <= ORDER; i++) {
        double sum = 0;
        for (int j = 0; j < i; j++) sum += a[j] * r[i - j];
        double k = -sum / error;
        memcpy(next, a, sizeof next);
        for (int j = 1; j <= i; j++) next[j] = a[j] + k * a[i - j];
        memcpy(a, next, sizeof next);
        error *= 1 - k * k;
        if (!(error > 0)) break;
    }
    memcpy(coefficients, a, (ORDER + 1) * sizeof *a);
    return 1;
}

static double level(const double *values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) sum += values[i] * values[i];
    return to > from ? sqrt(sum / (to - from)) : 0;
}

/* Searches the block in the middle of what is kept of a channel. Returns the place of a step in it and its height; -1: none. */
static int search(const cfs_sound_faults *faults, const double *kept, double *height) {
    double a[ORDER + 1], errors[3 * BLOCK];
    const double *block = kept + BEHIND;
    if (!learn(faults, kept + KEPT / 2 - WINDOW / 2, a)) return -1;
    for (int i = 0; i < 3 * BLOCK; i++) {
        const double *at = block - BLOCK + i;
        double sum = 0;
        for (int j = 0; j <= ORDER; j++) sum += a[j] * at[-j];
        errors[i] = sum;
    }
    int peak = BLOCK;
    for (int i = BLOCK; i < 2 * BLOCK; i++)
        if (fabs(errors[i]) > fabs(errors[peak])) peak = i;
    *height = fabs(errors[peak]);
    if (*height < quietest_step) return -1;
    double before = level(errors, peak - BLOCK, peak - 8), after = level(errors, peak + ORDER + 8, peak + BLOCK);
    return *height > step_ratio * (fmax(before, after) + 1e-7) ? peak - BLOCK : -1;
}

/* Adds samples to what is kept, and searches each block that is complete. */
static void find_steps(cfs_sound_faults *faults, const float *samples, int count, output *out) {
    for (int i = 0; i < count;) {
        int some = FFMIN(count - i, KEPT - faults->filled);
        for (int c = 0; c < faults->channels; c++)
            for (int j = 0; j < some; j++) faults->kept[c][faults->filled + j] = samples[(size_t)(i + j) * CFS_CHANNELS + c];
        faults->filled += some;
        i += some;
        if (faults->filled < KEPT) break;
        int64_t start = faults->at + i - KEPT + BEHIND;
        double best = 0, height;
        int place = -1;
        for (int c = 0; c < faults->channels; c++) {
            int found = search(faults, faults->kept[c], &height);
            if (found >= 0 && height > best) {
                best = height;
                place = found;
            }
            memmove(faults->kept[c], faults->kept[c] + BLOCK, (KEPT - BLOCK) * sizeof **faults->kept);
        }
        faults->filled = KEPT - BLOCK;
        /* What a codec spreads over the end of a block is still one step. */
        if (place >= 0 && start + place - faults->last_step > BLOCK) {
            report(out, CFS_STEP, start + place, start + place + 1, best);
            faults->last_step = start + place;
        }
    }
}

static void end_clipping(cfs_sound_faults *faults, output *out) {
    if (faults->clip_count > 0) report(out, CFS_CLIPPED, faults->clip_start, faults->clip_end, (double)faults->clip_count);
    faults->clip_count = 0;
}

static void find_clipping(cfs_sound_faults *faults, const float *sample, int64_t at, output *out) {
    for (int c = 0; c < faults->channels; c++) {
        if (fabsf(sample[c]) < full) {
            faults->run[c] = 0;
            continue;
        }
        if (++faults->run[c] < RUN) continue;
        if (faults->clip_count > 0 && at - faults->clip_end > MERGED) end_clipping(faults, out);
        if (faults->clip_count == 0) faults->clip_start = at - RUN + 1;
        faults->clip_count += faults->run[c] == RUN ? RUN : 1;
        faults->clip_end = at + 1;
        faults->run[c] = FFMIN(faults->run[c], RUN + 1);
    }
}

static void end_silence(cfs_sound_faults *faults, int64_t at, output *out) {
    if (faults->silent_since >= 0 && at - faults->silent_since >= faults->least_silence)
        report(out, CFS_SILENT, faults->silent_since, at, 0);
    faults->silent_since = -1;
}

void cfs_sound_faults_add(cfs_sound_faults *faults, const float *samples, int count, cfs_sound_fault *list, int room,
                          int *found) {
    output out = {list, room, found};
    *found = 0;
    if (count == 0) {
        end_silence(faults, faults->at, &out);
        end_clipping(faults, &out);
        return;
    }
    for (int i = 0; i < count; i++) {
        const float *sample = samples + (size_t)i * CFS_CHANNELS;
        if (fabsf(sample[0]) < silence && fabsf(sample[1]) < silence) {
            if (faults->silent_since < 0) faults->silent_since = faults->at + i;
        } else {
            end_silence(faults, faults->at + i, &out);
        }
        find_clipping(faults, sample, faults->at + i, &out);
    }
    find_steps(faults, samples, count, &out);
    faults->at += count;
}

void cfs_sound_extent(const float *samples, int count, int stride, float *least, float *greatest, double *squares) {
    float low = HUGE_VALF, high = -HUGE_VALF;
    double sum = 0;
    for (int i = 0; i < count; i++) {
        float value = samples[(size_t)i * (size_t)stride];
        low = fminf(low, value);
        high = fmaxf(high, value);
        sum += (double)value * value;
    }
    *least = count > 0 ? low : 0;
    *greatest = count > 0 ? high : 0;
    *squares = sum;
}
