/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a transformed picture: which stretches of them are for vectors. transform.c says how it works as a whole. */
#include "transform.h"

#include <math.h>
#include <string.h>

/* Returns a position or a step in 2^32ths. What is farther away than any picture is as good as there. */
static int64_t fixed(double value, double most) { return (int64_t)(fmin(fmax(value, -most), most) * 4294967296.0); }

#if defined(__x86_64__)
/* Mirrors the positions of a run along one axis. Returns whether they are in a line then, with all taps inside. */
static int is_inside(int64_t *start, const int32_t **steps, int32_t *turned, int64_t axis, int64_t period, int size) {
    int32_t way = (*steps)[RUN - 1];
    int64_t first = cfs_fold(*start, axis, period), last = cfs_fold(*start + way, axis, period);
    const int64_t low = 1 << POSITION_BITS, high = (int64_t)(size - 2) * (1 << POSITION_BITS);
    if (first < low || first >= high || last < low || last >= high) return 0;
    if (period && (last - first != way || (way < 0 ? -(int64_t)way : way) >= period / 2)) {
        if (first - last != way || (way < 0 ? -(int64_t)way : way) >= period / 2) return 0;
        for (int i = 0; i < RUN; i++) turned[i] = -(*steps)[i];
        *steps = turned;
    }
    *start = first;
    return 1;
}
#endif

/* Draws runs from output `from` on by vectors, while they are wholly wanted and inside. Returns how many outputs it drew. */
static int sample_runs(const struct samples *s, const struct line *line, int from, int left, int right, uint8_t *const *out) {
#if defined(__x86_64__)
    int simd = s->is_whole ? cfs_simd_level() : 0;
    if (!simd) return 0;
    struct line part = *line;
    int32_t turned_x[RUN], turned_y[RUN];
    int count = 0;
    for (int at = from; at < right; at += RUN, count++) {
        int64_t x = (line->x + line->move_x * (at / RUN)) >> 16, y = (line->y + line->move_y * (at / RUN)) >> 16;
        const int32_t *step_x = line->step_x, *step_y = line->step_y;
        int64_t start_x = x, start_y = y;
        if (!is_inside(&x, &step_x, turned_x, s->axis_x, s->period_x, s->width)
            || !is_inside(&y, &step_y, turned_y, s->axis_y, s->period_y, s->height)) break;
        int is_alone = at < left || at + RUN > right || x != start_x || y != start_y || step_x != line->step_x
            || step_y != line->step_y;
        if (count && is_alone) break;   /* its turn comes */
        if (!count) {
            part.x = is_alone ? x * 65536 : line->x + line->move_x * (at / RUN);
            part.y = is_alone ? y * 65536 : line->y + line->move_y * (at / RUN);
            part.step_x = step_x;
            part.step_y = step_y;
        }
        if (!is_alone) continue;
        uint8_t whole[MOST_PLANES][RUN];
        uint8_t *const spare[MOST_PLANES] = {whole[0], whole[1], whole[2]};
        if (simd >= 2) cfs_sample_avx512(s, &part, 1, spare);
        else cfs_sample_avx2(s, &part, 1, spare);
        int first = cfs_max(left - at, 0), last = cfs_min(right - at, RUN);
        for (int plane = 0; plane < s->planes; plane++)
            memcpy(out[plane] + first, whole[plane] + first, (size_t)(last - first));
        return RUN;
    }
    if (count && simd >= 2) cfs_sample_avx512(s, &part, count, out);
    else if (count) cfs_sample_avx2(s, &part, count, out);
    return count * RUN;
#else
    (void)s, (void)line, (void)from, (void)left, (void)right, (void)out;
    return 0;
#endif
}

void cfs_sample_row(const struct samples *s, double x, double y, double step_x, double step_y, int left, int right,
                     int origin, uint8_t *const *out) {
    int64_t move_x = fixed(step_x, 1 << 12), move_y = fixed(step_y, 1 << 12);
    int32_t steps_x[RUN], steps_y[RUN];
    for (int i = 0; i < RUN; i++) {
        steps_x[i] = (int32_t)((move_x * i) >> 16);
        steps_y[i] = (int32_t)((move_y * i) >> 16);
    }
    struct line line = {fixed(x, 1 << 29), fixed(y, 1 << 29), move_x * RUN, move_y * RUN, steps_x, steps_y};
    for (int from = left / RUN * RUN; from < right;) {
        uint8_t *to[MOST_PLANES] = {NULL};
        for (int plane = 0; plane < s->planes; plane++) to[plane] = out[plane] + from - origin;
        int drawn = sample_runs(s, &line, from, left, right, to);
        if (!drawn) {
            struct run run = {(line.x + line.move_x * (from / RUN)) >> 16, (line.y + line.move_y * (from / RUN)) >> 16,
                              steps_x, steps_y};
            int first = cfs_max(left - from, 0);
            cfs_sample_plain(s, &run, first, cfs_min(right - from, RUN) - first, to);
            drawn = RUN;
        }
        from += drawn;
    }
}
