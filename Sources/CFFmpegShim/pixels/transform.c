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

enum { COLUMN = 16 * RUN, AHEAD = 16 };

/* How one axis is minified: its level, what is left of the scale, and the share of the next level. */
struct choice {
    int level;
    double left;      /* 1…2 source pixels per target pixel, or less than 1 if magnified */
    double next;
};

static const double softest = 1.75, mix_from = 1.85, mix_to = 2.35;

static struct choice choose(double scale, int size) {
    struct choice choice = {0, scale, 0};
    int depth = cfs_pyramid_depth(size);
    while (choice.left >= mix_to && choice.level < depth) {
        choice.left /= 2;
        choice.level++;
    }
    if (choice.left > mix_from && choice.level < depth) {
        double t = fmin((choice.left - mix_from) / (mix_to - mix_from), 1);
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

/* Makes premultiplied chroma fit the mean alpha of the four pixels it belongs to; `own` is its alpha as it was sampled. */
CFS_BODY void fit_chroma_body(uint8_t *u, uint8_t *v, const uint8_t *own, const uint8_t *a, const uint8_t *b, int width) {
    for (int x = 0; x < width; x++) {
        int mean = (a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]) >> 2;
        float share = (float)mean / (float)(own[x] ? own[x] : 1);
        float more_u = (float)(u[x] - 128) * share + 128.5f, more_v = (float)(v[x] - 128) * share + 128.5f;
        more_u = more_u < 0 ? 0 : more_u > 255 ? 255 : more_u;
        more_v = more_v < 0 ? 0 : more_v > 255 ? 255 : more_v;
        u[x] = (uint8_t)(int)more_u;
        v[x] = (uint8_t)(int)more_v;
    }
}
CFS_VECTORS(fit_chroma, (uint8_t *u, uint8_t *v, const uint8_t *own, const uint8_t *a, const uint8_t *b, int width),
            (u, v, own, a, b, width))

/* The same where the frame may end in the middle of a pair. */
static void fit_chroma(cfs_frame *target, int y, int left, int right, uint8_t *own) {
    uint8_t *u = target->data[1] + (ptrdiff_t)y * target->linesize[1], *v = target->data[2] + (ptrdiff_t)y * target->linesize[2];
    const uint8_t *a = target->data[3] + 2 * (ptrdiff_t)y * target->linesize[3];
    const uint8_t *b = 2 * y + 1 < target->height ? a + target->linesize[3] : a;
    int whole = cfs_min(right, target->width / 2);
    if (whole > left) fit_chroma_run(u + left, v + left, own, a + 2 * left, b + 2 * left, whole - left);
    if (whole < right) {
        const uint8_t pair[2] = {a[2 * whole], a[2 * whole]}, below[2] = {b[2 * whole], b[2 * whole]};
        fit_chroma_body(u + whole, v + whole, own + (whole - left), pair, below, 1);
    }
}

/* Planes of one kind that are drawn together: of the target, and of the source, where the last one may be chroma's alpha. */
struct group {
    int planes[2], count;
    int has_alpha;           /* the last plane that is sampled is alpha, by which the others are limited */
    int is_chroma;
};

/* Prepares the samples of a group. Returns a negative code if out of memory. */
static int gather(struct source *source, cfs_pyramid *pyramid, const struct group *g, cfs_affine map, enum cfs_edges edges) {
    struct samples *s = &source->samples;
    const AVFrame *frame = source->frame;
    int plane = g->planes[0], step = g->is_chroma ? 2 : 1;
    for (int p = 0; p < g->count; p++) s->data[p] = frame->data[g->planes[p]];
    s->planes = g->count;
    s->zero = g->has_alpha ? (g->is_chroma ? 128 : 16) : 0;
    if (g->is_chroma && g->has_alpha) {
        s->data[s->planes] = cfs_pyramid_chroma_alpha(pyramid, source->across, source->down);
        if (!s->data[s->planes++]) return AVERROR(ENOMEM);
    }
    s->stride = frame->linesize[plane];
    s->width = cfs_plane_width(frame, plane);
    s->height = cfs_plane_height(frame, plane);
    double down_x = ldexp(map.b, -source->across), down_y = ldexp(map.e, -source->down);
    s->ahead = (ptrdiff_t)lrint(fmin(fmax(down_y * AHEAD, -1000), 1000)) * s->stride
        + (ptrdiff_t)lrint(fmin(fmax(down_x * AHEAD, -1e5), 1e5));
    if (edges == CFS_MIRROR) {
        /* At the edges of the pixels. Chroma's samples lie on the left of theirs. */
        s->axis_x = -(1 << POSITION_BITS) / (g->is_chroma ? 4 : 2);
        s->axis_y = -(1 << POSITION_BITS) / 2;
        s->period_x = ((int64_t)frame->width << POSITION_BITS) * 2 / step;
        s->period_y = ((int64_t)frame->height << POSITION_BITS) * 2 / step;
    }
    s->is_whole = s->width < 1 << 15 && s->height < 1 << 15 && s->stride > 0 && (int64_t)s->stride * s->height < INT32_MAX;
    return 0;
}

/* Draws the outputs left…right of row `y` of a group, which begin at output `edge` of a column. */
static void draw_stretch(const struct source *sources, int count, cfs_frame *target, const struct group *g, int y, double u,
                         double v, double step_u, double step_v, int edge, int left, int right) {
    int step = g->is_chroma ? 2 : 1;
    double site = g->is_chroma ? 1 : 0.5, sum = 0;
    uint8_t first[COLUMN], spare[MOST_PLANES][COLUMN];
    uint8_t *rows[MOST_PLANES] = {NULL, NULL, first}, *const others[MOST_PLANES] = {spare[0], spare[1], spare[2]};
    for (int p = 0; p < g->count; p++)
        rows[p] = target->data[g->planes[p]] + (ptrdiff_t)y * target->linesize[g->planes[p]] + edge;
    for (int i = 0; i < count; i++) {
        const struct source *from = &sources[i];
        double across = ldexp(1, -from->across), down = ldexp(1, -from->down);
        double x = (u * across - 0.5) / step, at = (v * down - site) / step;
        cfs_sample_row(&from->samples, x, at, step_u * across / step, step_v * down / step, left, right, edge, i ? others : rows);
        sum += from->share;
        for (int p = 0; i && p < from->samples.planes; p++)
            mix_run(rows[p] + left - edge, others[p] + left - edge, (int)lrint(from->share / sum * 256), right - left);
    }
    if (g->is_chroma && g->has_alpha) fit_chroma(target, y, left, right, first + left - edge);
}

static int draw_group(struct source *sources, int count, cfs_pyramid *pyramid, cfs_frame *target, struct group g,
                      cfs_affine map, const cfs_box *shown, enum cfs_edges edges) {
    int step = g.is_chroma ? 2 : 1;
    double site = g.is_chroma ? 1 : 0.5;   /* of rows */
    int width = cfs_plane_width(target, g.planes[0]), height = cfs_plane_height(target, g.planes[0]);
    for (int i = 0; i < count; i++) {
        int status = gather(&sources[i], pyramid, &g, map, edges);
        if (status < 0) return status;
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
            for (int p = 0; p < g.count; p++) {
                uint8_t *row = target->data[g.planes[p]] + (ptrdiff_t)y * target->linesize[g.planes[p]];
                int empty = g.is_chroma ? 128 : g.planes[p] == 0 ? 16 : 0;
                memset(row + edge, empty, (size_t)(left - edge));
                memset(row + right, empty, (size_t)(end - right));
            }
            if (left < right) draw_stretch(sources, count, target, &g, y, u, v, step_u, step_v, edge, left, right);
        }
    return 0;
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
    /* Planes that lie the same are drawn together. Ours always do; frames of others might not. */
    int are_even = 1;
    for (int i = 0; i < count; i++) {
        const AVFrame *frame = sources[i].frame;
        are_even = are_even && frame->linesize[1] == frame->linesize[2] && (!has_alpha || frame->linesize[0] == frame->linesize[3]);
    }
    const struct group together[2] = {{{0, 3}, has_alpha ? 2 : 1, has_alpha, 0}, {{1, 2}, 2, has_alpha, 1}};
    const struct group apart[4] = {{{0, 0}, 1, 0, 0}, {{1, 0}, 1, 0, 1}, {{2, 0}, 1, 0, 1}, {{3, 0}, 1, 0, 0}};
    int status = 0;
    for (int i = 0; !status && i < (are_even ? 2 : has_alpha ? 4 : 3); i++)
        status = draw_group(sources, count, pyramid, target, are_even ? together[i] : apart[i], map, shown, edges);
    if (!status && !has_alpha && cfs_plane_count(target) == 4)
        for (int row = 0; row < target->height; row++)
            memset(target->data[3] + (ptrdiff_t)row * target->linesize[3], 255, (size_t)target->width);
    return status;
}
