/* SPDX-License-Identifier: Apache-2.0 */
/* Playing stereo sound at another speed, by interpolation with a windowed sinc: its pitch changes with it.

   Every sample is computed from the place in the source that it stands for and from nothing else, so that any part of the
   sound can be made by itself. */
#include "../internal.h"

#include <libavutil/mathematics.h>
#include <math.h>

enum { ZEROES = 24, PHASES = 512 };

struct cfs_varispeed {
    float sinc[ZEROES * PHASES + 2];   /* one side of it */
};

int cfs_varispeed_create(cfs_varispeed **out) {
    cfs_varispeed *speed = *out = av_mallocz(sizeof *speed);
    if (!speed) return AVERROR(ENOMEM);
    double beta = 9, whole = cfs_bessel(beta);
    for (int i = 0; i <= ZEROES * PHASES; i++) {
        double x = (double)i / PHASES, part = x / ZEROES;
        double window = cfs_bessel(beta * sqrt(fmax(0, 1 - part * part))) / whole;
        speed->sinc[i] = (float)((i ? sin(M_PI * x) / (M_PI * x) : 1) * window);
    }
    return 0;
}

void cfs_varispeed_free(cfs_varispeed *speed) { av_free(speed); }

int cfs_varispeed_reach(double fastest) { return (int)ceil(ZEROES * fmax(fastest, 1)) + 1; }

void cfs_varispeed_read(const cfs_varispeed *speed, const float *in, int in_count, int base, const cfs_line *line, int first,
                        float *out, int count) {
    /* Faster playing has to leave out what would be above the highest frequency. */
    double fastest = fmax(line->fastest, 1), cutoff = 1 / fastest, half = ZEROES * fastest;
    for (int i = 0; i < count; i++) {
        double n = first + i, x = line->fraction + line->step * n + line->growth / 2 * n * n, whole = floor(x);
        double rest = x - whole;
        int at = base + (int)whole;
        int from = cfs_max(at + (int)ceil(rest - half), 0), to = cfs_min(at + (int)floor(rest + half), in_count - 1);
        float left = 0, right = 0;
        for (int k = from; k <= to; k++) {
            /* Only distances are used, so that the result does not depend on where `in` begins. */
            float place = (float)(fabs(rest - (k - at)) * cutoff * PHASES);
            int index = (int)place;
            if (index >= ZEROES * PHASES) continue;
            float part = place - (float)index;
            float weight = speed->sinc[index] + part * (speed->sinc[index + 1] - speed->sinc[index]);
            left += weight * in[2 * k];
            right += weight * in[2 * k + 1];
        }
        out[2 * i] = left * (float)cutoff;
        out[2 * i + 1] = right * (float)cutoff;
    }
}
