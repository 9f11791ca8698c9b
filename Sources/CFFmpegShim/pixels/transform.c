/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turned, scaled and sheared pictures.
 *
 * Along each axis of the source the level is chosen whose pixels are between one and half of the target's. Four taps are
 * not enough there for a Catmull-Rom kernel that is widened; instead it turns into a B-spline, which needs no more taps and
 * lets less of what would be aliased pass, and before the next level takes over, both are mixed. So there is no scale at
 * which an animated picture jumps.
 */
#include "transform.h"

#include "pyramid.h"
#include "vectors.h"

#include <math.h>
#include <string.h>

enum { COLUMN = 16 * RUN };

/* How one axis is minified: its level, what is left of the scale, and the share of the next level. */
struct choice {
    int level;
    double left;      /* 1…2 source pixels per target pixel, or less than 1 if magnified */
    double next;
};

static const double softest = 2, mix_from = 1.5;

static struct choice choose(double scale, int size) {
    struct choice choice = {0, scale, 0};
    int depth = cfs_pyramid_depth(size);
    while (choice.left >= 2 && choice.level < depth) {
        choice.left /= 2;
        choice.level++;
    }
    if (choice.left > mix_from && choice.level < depth) {
        double t = fmin((choice.left - mix_from) / (2 - mix_from), 1);
        choice.next = t * t * (3 - 2 * t);
    }
    return choice;
}

/* Computes the polynomials of a kernel between Catmull-Rom and the cubic B-spline: Mitchell and Netravali's with B = soft,
   C = (1 − B) / 2. */
static void set_weights(struct samples *s, double left, int vertical) {
    double b = fmin(fmax((left - 1) / (softest - 1), 0), 1), c = (1 - b) / 2;
    /* The taps' distances are 1 + t, 1 − t and 2 − t; powers of t ascend. */
    const double inner[4] = {(6 - 2 * b) / 6, 0, (-18 + 12 * b + 6 * c) / 6, (12 - 9 * b - 6 * c) / 6};
    const double outer[4] = {(8 * b + 24 * c) / 6, (-12 * b - 48 * c) / 6, (6 * b + 30 * c) / 6, (-b - 6 * c) / 6};
    const struct { const double *p; double from, sign; } taps[3] = {{outer, 1, 1}, {inner, 1, -1}, {outer, 2, -1}};
    for (int k = 0; k < 3; k++) {
        const double *p = taps[k].p, d = taps[k].from, g = taps[k].sign;
        const double t[4] = {
            p[0] + d * (p[1] + d * (p[2] + d * p[3])),
            g * (p[1] + d * (2 * p[2] + d * 3 * p[3])),
            p[2] + 3 * d * p[3],
            g * p[3],
        };
        for (int n = 0; n < 4; n++) {
            int16_t value = (int16_t)lrint(t[n] * WEIGHT_ONE);
            if (vertical) s->weights[k].y[n] = value;
            else s->weights[k].x[n] = value;
        }
    }
}

/* One copy that is sampled: its share of the result, and the planes of one kind. */
struct source {
    const AVFrame *frame;
    int across, down;        /* its level */
    double share;
    struct samples samples;
};

/* Returns a position or a step in 2^32ths. What is farther away than any picture is as good as there. */
static int64_t fixed(double value, double most) { return (int64_t)(fmin(fmax(value, -most), most) * 4294967296.0); }

#if defined(__x86_64__)
/* Mirrors the positions of a run along one axis. Returns whether they are in a line then, with all taps inside. */
static int is_inside(int64_t *start, const int32_t **steps, int32_t *turned, int64_t axis, int64_t period, int size) {
    int32_t way = (*steps)[RUN - 1];
    int64_t first = cfs_fold(*start, axis, period), last = cfs_fold(*start + way, axis, period);
    const int64_t low = 1 << POSITION_BITS, high = (int64_t)(size - 2) << POSITION_BITS;
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

/* Draws the outputs first…last of a run by vectors. Returns 0, and draws nothing, if not all of its taps are inside. */
static int sample_whole(const struct samples *s, struct run run, int first, int last, uint8_t *const out[2]) {
#if defined(__x86_64__)
    int simd = s->is_whole ? cfs_simd_level() : 0;
    int32_t turned_x[RUN], turned_y[RUN];
    if (!simd || !is_inside(&run.x, &run.step_x, turned_x, s->axis_x, s->period_x, s->width)
        || !is_inside(&run.y, &run.step_y, turned_y, s->axis_y, s->period_y, s->height)) return 0;
    uint8_t whole[2][RUN];
    uint8_t *const spare[2] = {whole[0], whole[1]};
    int is_part = first > 0 || last < RUN;
    if (simd >= 2) cfs_sample_avx512(s, &run, is_part ? spare : out);
    else cfs_sample_avx2(s, &run, is_part ? spare : out);
    for (int plane = 0; is_part && plane < s->planes; plane++)
        memcpy(out[plane] + first, whole[plane] + first, (size_t)(last - first));
    return 1;
#else
    (void)s, (void)run, (void)first, (void)last, (void)out;
    return 0;
#endif
}

/* Draws the outputs left…right of one row of up to two planes; the first byte of `out` is output `origin`, a multiple of RUN. */
static void draw_row(const struct samples *s, double x, double y, double step_x, double step_y, int left, int right,
                     int origin, uint8_t *const out[2]) {
    int64_t start_x = fixed(x, 1 << 29), start_y = fixed(y, 1 << 29);
    int64_t move_x = fixed(step_x, 1 << 12), move_y = fixed(step_y, 1 << 12);
    int32_t steps_x[RUN], steps_y[RUN];
    for (int i = 0; i < RUN; i++) {
        steps_x[i] = (int32_t)((move_x * i) >> 16);
        steps_y[i] = (int32_t)((move_y * i) >> 16);
    }
    for (int from = left / RUN * RUN; from < right; from += RUN) {
        struct run run = {(start_x + move_x * from) >> 16, (start_y + move_y * from) >> 16, steps_x, steps_y};
        uint8_t *const to[2] = {out[0] + from - origin, s->planes > 1 ? out[1] + from - origin : NULL};
        int first = cfs_max(left - from, 0), last = cfs_min(right - from, RUN);
        if (!sample_whole(s, run, first, last, to)) cfs_sample_plain(s, &run, first, last - first, to);
    }
}

/* Narrows left…right to the outputs x for which slope · x + start is between `low` and `high`. */
static void narrow(double slope, double start, double low, double high, int *left, int *right) {
    double a = *left, b = *right;
    if (slope == 0) {
        if (!(start >= low && start <= high)) a = b;
    } else {
        double p = (low - start) / slope, q = (high - start) / slope;
        a = fmax(a, floor(fmin(p, q)));
        b = fmin(b, ceil(fmax(p, q)) + 1);
    }
    if (a < b) *left = (int)a, *right = (int)b;
    else *right = *left;
}

CFS_BODY void mix_body(uint8_t *to, const uint8_t *other, int share, int count) {
    for (int x = 0; x < count; x++) to[x] = (uint8_t)((to[x] * (256 - share) + other[x] * share + 128) >> 8);
}
CFS_VECTORS(mix, (uint8_t *to, const uint8_t *other, int share, int count), (to, other, share, count))

/* Draws one kind of plane: `plane`, and `second` if it is not 0, which lies the same. */
static void draw_planes(struct source *sources, int count, cfs_frame *target, int plane, int second, cfs_affine map,
                        const cfs_box *shown, enum cfs_edges edges) {
    int is_chroma = plane == 1 || plane == 2, step = is_chroma ? 2 : 1;
    double site = is_chroma ? 1 : 0.5;   /* of rows */
    int width = cfs_plane_width(target, plane), height = cfs_plane_height(target, plane);
    for (int i = 0; i < count; i++) {
        struct samples *s = &sources[i].samples;
        const AVFrame *frame = sources[i].frame;
        s->planes = second ? 2 : 1;
        s->data[0] = frame->data[plane];
        s->data[1] = second ? frame->data[second] : NULL;
        s->stride = frame->linesize[plane];
        s->width = cfs_plane_width(frame, plane);
        s->height = cfs_plane_height(frame, plane);
        int luma_columns = frame->width, luma_rows = frame->height;
        if (edges == CFS_MIRROR) {
            /* At the edges of the pixels. Chroma's samples lie on the left of theirs. */
            s->axis_x = -(1 << POSITION_BITS) / (is_chroma ? 4 : 2);
            s->axis_y = -(1 << POSITION_BITS) / 2;
            s->period_x = ((int64_t)luma_columns << POSITION_BITS) * 2 / step;
            s->period_y = ((int64_t)luma_rows << POSITION_BITS) * 2 / step;
        }
        s->is_whole = s->width < 1 << 15 && s->height < 1 << 15 && s->stride > 0
            && (int64_t)s->stride * s->height < INT32_MAX;
    }
    double margin_x = 2.5 * (fabs(map.a) + fabs(map.b)), margin_y = 2.5 * (fabs(map.d) + fabs(map.e));
    /* In columns, so that the source's rows that a row of outputs crosses stay in the caches for the next one. */
    for (int edge = 0; edge < width; edge += COLUMN)
        for (int y = 0; y < height; y++) {
            /* The first output of the row in the source's luma pixels, and the way to the next one. */
            double u = map.a * 0.5 + map.b * (y * step + site) + map.c, v = map.d * 0.5 + map.e * (y * step + site) + map.f;
            double step_u = map.a * step, step_v = map.d * step;
            int end = cfs_min(edge + COLUMN, width), left = edge, right = end;
            if (shown) {
                narrow(step_u, u, shown->left - margin_x, shown->right + margin_x, &left, &right);
                narrow(step_v, v, shown->top - margin_y, shown->bottom + margin_y, &left, &right);
            }
            uint8_t *rows[2] = {target->data[plane] + (ptrdiff_t)y * target->linesize[plane], NULL};
            if (second) rows[1] = target->data[second] + (ptrdiff_t)y * target->linesize[second];
            for (int p = 0; p < (second ? 2 : 1); p++) {
                int empty = plane == 0 ? (p == 0 ? 16 : 0) : plane == 3 ? 0 : 128;
                memset(rows[p] + edge, empty, (size_t)(left - edge));
                memset(rows[p] + right, empty, (size_t)(end - right));
            }
            if (left >= right) continue;
            double sum = 0;
            for (int i = 0; i < count; i++) {
                const struct source *from = &sources[i];
                double across = ldexp(1, -from->across), down = ldexp(1, -from->down);
                double x = (u * across - 0.5) / step, at = (v * down - site) / step;
                uint8_t spare[2][COLUMN];
                uint8_t *const others[2] = {spare[0], spare[1]};
                draw_row(&from->samples, x, at, step_u * across / step, step_v * down / step, left, right, i ? edge : 0,
                         i ? others : rows);
                sum += from->share;
                for (int p = 0; i && p < (second ? 2 : 1); p++)
                    mix_run(rows[p] + left, others[p] + left - edge, (int)lrint(from->share / sum * 256), right - left);
            }
        }
}

static int is_usable(const cfs_affine *m) {
    double largest = fmax(fmax(fabs(m->a), fabs(m->b)), fmax(fabs(m->d), fabs(m->e)));
    double determinant = m->a * m->e - m->b * m->d;
    return isfinite(m->a) && isfinite(m->b) && isfinite(m->c) && isfinite(m->d) && isfinite(m->e) && isfinite(m->f)
        && largest < 1e7 && fabs(m->c) < 1e12 && fabs(m->f) < 1e12 && isfinite(determinant) && determinant != 0;
}

int cfs_transform(cfs_pyramid *pyramid, cfs_frame *target, cfs_affine map, const cfs_box *shown, enum cfs_edges edges) {
    if (!is_usable(&map)
        || (shown && (!(shown->left < shown->right) || !(shown->top < shown->bottom)))) {
        cfs_frame_fill(target, 16, 128, 128, 0);
        return 0;
    }
    const AVFrame *whole = cfs_pyramid_level(pyramid, 0, 0);
    struct choice x = choose(hypot(map.a, map.b), whole->width), y = choose(hypot(map.d, map.e), whole->height);
    struct source sources[4];
    int count = 0;
    int are_alike = fabs(x.next - y.next) < 1e-6;   /* then the two levels between need not be mixed in */
    for (int i = 0; i < 4; i++) {
        int across = i & 1, down = i >> 1;
        double share = (across ? x.next : 1 - x.next) * (down ? y.next : 1 - y.next);
        if (are_alike) share = across != down ? 0 : across ? x.next : 1 - x.next;
        if (share < 1 / 512.0) continue;
        struct source *source = &sources[count++];
        memset(source, 0, sizeof *source);
        source->share = share;
        source->across = x.level + across;
        source->down = y.level + down;
        set_weights(&source->samples, x.left / (1 + across), 0);
        set_weights(&source->samples, y.left / (1 + down), 1);
        if (!(source->frame = cfs_pyramid_level(pyramid, source->across, source->down))) return AVERROR(ENOMEM);
    }
    int has_alpha = cfs_min(cfs_plane_count(whole), cfs_plane_count(target)) == 4;
    /* Planes that lie the same share their weights. */
    int luma_alpha = has_alpha, u_v = 1;
    for (int i = 0; i < count; i++) {
        const AVFrame *frame = sources[i].frame;
        luma_alpha = luma_alpha && frame->linesize[0] == frame->linesize[3];
        u_v = u_v && frame->linesize[1] == frame->linesize[2];
    }
    draw_planes(sources, count, target, 0, luma_alpha ? 3 : 0, map, shown, edges);
    draw_planes(sources, count, target, 1, u_v ? 2 : 0, map, shown, edges);
    if (!u_v) draw_planes(sources, count, target, 2, 0, map, shown, edges);
    if (has_alpha && !luma_alpha) draw_planes(sources, count, target, 3, 0, map, shown, edges);
    if (!has_alpha && cfs_plane_count(target) == 4)
        for (int row = 0; row < target->height; row++)
            memset(target->data[3] + (ptrdiff_t)row * target->linesize[3], 255, (size_t)target->width);
    return 0;
}
