/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes of layers: a box with round corners and a border, turned and scaled as the picture in it.
 *
 * For each pixel there are two weights: of the picture, and of the border over it. Where a stretch of pixels is certainly
 * inside, or certainly outside, which is nearly everywhere, both are known without looking at each pixel.
 */
#include "layer.h"

#include <math.h>
#include <string.h>

enum { STRETCH = 16 };

/* A box with round corners, and what is certainly inside of it. */
struct outline {
    cfs_box box;
    double radii[4];
    double largest;
    int is_empty;
};

struct shaping {
    cfs_affine map;
    double size_u, size_v;        /* of a pixel, in local coordinates, along u and v */
    double reach_u, reach_v;      /* half of a pixel's extent */
    struct outline outer, inner;  /* inner: within the border */
    cfs_box visible;              /* the picture's part of the box */
    int has_border;
    double border_alpha, opacity;
};

/* Returns the area of the part of a pixel on the inner side of a line `distance` inwards from its centre; (x, y) is the
   line's unit normal. */
static double half_plane(double distance, double x, double y) {
    double a = fabs(x), b = fabs(y);
    if (a < b) {
        double swap = a;
        a = b;
        b = swap;
    }
    double far = fabs(distance), outer = (a + b) / 2, flat = (a - b) / 2;
    if (far >= outer) return distance > 0;
    if (far <= flat) return 0.5 + distance / a;
    double rest = (outer - far) * (outer - far) / (2 * a * b);
    return distance > 0 ? 1 - rest : rest;
}

/* Returns the coverage by a box with sharp corners. */
static double box_coverage(const struct shaping *s, const cfs_box *box, double u, double v) {
    double ux = s->map.a / s->size_u, uy = s->map.b / s->size_u, vx = s->map.d / s->size_v, vy = s->map.e / s->size_v;
    double across = half_plane((u - box->left) / s->size_u, ux, uy) + half_plane((box->right - u) / s->size_u, ux, uy) - 1;
    double down = half_plane((v - box->top) / s->size_v, vx, vy) + half_plane((box->bottom - v) / s->size_v, vx, vy) - 1;
    return across <= 0 || down <= 0 ? 0 : across * down;
}

/* Returns the coverage by the corner that (u, v) is in; 1 if it is in none. */
static double corner_coverage(const struct shaping *s, const struct outline *o, double u, double v) {
    for (int k = 0; k < 4; k++) {
        double r = o->radii[k];
        int is_right = k == 1 || k == 2, is_low = k >= 2;
        double du = is_right ? u - (o->box.right - r) : o->box.left + r - u;
        double dv = is_low ? v - (o->box.bottom - r) : o->box.top + r - v;
        if (r <= 0 || du <= 0 || dv <= 0) continue;
        double far = hypot(du, dv);
        double pu = (is_right ? du : -du) / far, pv = (is_low ? dv : -dv) / far;
        double x = pu * s->map.a + pv * s->map.d, y = pu * s->map.b + pv * s->map.e, slope = hypot(x, y);
        if (!(slope > 0)) continue;
        return half_plane((r - far) / slope, x / slope, y / slope);
    }
    return 1;
}

static double coverage(const struct shaping *s, const struct outline *o, double u, double v) {
    if (o->is_empty) return 0;
    return fmin(box_coverage(s, &o->box, u, v), corner_coverage(s, o, u, v));
}

static int is_in(const cfs_box *box, double inset_u, double inset_v, double u, double v) {
    return u >= box->left + inset_u && u <= box->right - inset_u && v >= box->top + inset_v && v <= box->bottom - inset_v;
}

/* Return whether all pixels on the way from (u, v) to (p, q) are wholly inside, or wholly outside on one side. */
static int is_inside(const struct shaping *s, const struct outline *o, double u, double v, double p, double q) {
    double r = o->largest, ru = s->reach_u, rv = s->reach_v;
    return !o->is_empty && ((is_in(&o->box, ru + r, rv, u, v) && is_in(&o->box, ru + r, rv, p, q))
                            || (is_in(&o->box, ru, rv + r, u, v) && is_in(&o->box, ru, rv + r, p, q)));
}
static int is_outside(const struct shaping *s, const cfs_box *box, double u, double v, double p, double q) {
    return fmax(u, p) <= box->left - s->reach_u || fmin(u, p) >= box->right + s->reach_u
        || fmax(v, q) <= box->top - s->reach_v || fmin(v, q) >= box->bottom + s->reach_v;
}

/* Computes the weights of the picture and of the border in one row, 0 … 255; together at most 255. */
static void weigh_row(const struct shaping *s, int y, int width, uint8_t *picture, uint8_t *border) {
    const cfs_affine *m = &s->map;
    int solid = (int)lrint(255 * s->opacity), edge = (int)lrint(255 * s->opacity * s->border_alpha);
    for (int from = 0; from < width; from += STRETCH) {
        int count = cfs_min(STRETCH, width - from);
        double u = m->a * (from + 0.5) + m->b * (y + 0.5) + m->c, v = m->d * (from + 0.5) + m->e * (y + 0.5) + m->f;
        double p = u + m->a * (count - 1), q = v + m->d * (count - 1);
        int inner = 0, rim = 0, known = 0;
        int is_visible = is_in(&s->visible, s->reach_u, s->reach_v, u, v) && is_in(&s->visible, s->reach_u, s->reach_v, p, q);
        if (is_outside(s, s->has_border ? &s->outer.box : &s->visible, u, v, p, q)) {
            known = 1;
        } else if (is_visible && is_inside(s, &s->inner, u, v, p, q)) {
            known = 1;
            inner = solid;
        } else if (s->has_border && is_inside(s, &s->outer, u, v, p, q)
                   && (s->inner.is_empty || is_outside(s, &s->inner.box, u, v, p, q)) && (is_visible || edge == solid)) {
            known = 1;
            rim = edge;
            inner = solid - edge;
        }
        if (known) {
            memset(picture + from, inner, (size_t)count);
            memset(border + from, rim, (size_t)count);
            continue;
        }
        for (int x = from; x < from + count; x++, u += m->a, v += m->d) {
            double corner = s->outer.is_empty ? 0 : corner_coverage(s, &s->outer, u, v);
            double shown = fmin(box_coverage(s, &s->visible, u, v), corner), ring = 0;
            if (s->has_border) {
                double within = coverage(s, &s->inner, u, v);
                ring = fmax(fmin(box_coverage(s, &s->outer.box, u, v), corner) - within, 0);
                /* What the border does not hide. */
                shown = fmin(shown, within + ring * (1 - s->border_alpha));
            }
            int rim_here = (int)lrint(255 * s->opacity * ring * s->border_alpha);
            border[x] = (uint8_t)rim_here;
            picture[x] = (uint8_t)cfs_min((int)lrint(255 * s->opacity * shown), 255 - rim_here);
        }
    }
}

/* Applies the weights to two rows of pixels and one of chroma. `rows` is 1 at the end of a frame of odd height. */
static void apply(cfs_frame *frame, const cfs_shape *shape, int y, int rows, uint8_t *const picture[2],
                  uint8_t *const border[2], int has_border, int is_solid) {
    int width = frame->width;
    uint8_t *alpha[2];
    for (int r = 0; r < rows; r++) {
        alpha[r] = frame->data[3] + (ptrdiff_t)(y + r) * frame->linesize[3];
        const uint8_t *share = picture[r];
        if (is_solid) memcpy(alpha[r], share, (size_t)width);
        else for (int x = 0; x < width; x++) {
            unsigned product = alpha[r][x] * (unsigned)share[x] + 128;
            alpha[r][x] = (uint8_t)((product + (product >> 8)) >> 8);
        }
    }
    if (!has_border) return;
    int last = rows - 1;
    uint8_t *u = frame->data[1] + (ptrdiff_t)(y / 2) * frame->linesize[1];
    uint8_t *v = frame->data[2] + (ptrdiff_t)(y / 2) * frame->linesize[2];
    for (int x = 0; x < width; x += 2) {
        int right = cfs_min(x + 1, width - 1);
        int rim = border[0][x] + border[0][right] + border[last][x] + border[last][right];
        if (!rim) continue;
        int shown = alpha[0][x] + alpha[0][right] + alpha[last][x] + alpha[last][right], sum = rim + shown;
        u[x / 2] = (uint8_t)((u[x / 2] * shown + shape->u * rim + sum / 2) / sum);
        v[x / 2] = (uint8_t)((v[x / 2] * shown + shape->v * rim + sum / 2) / sum);
    }
    for (int r = 0; r < rows; r++) {
        uint8_t *luma = frame->data[0] + (ptrdiff_t)(y + r) * frame->linesize[0];
        for (int x = 0; x < width; x++) {
            int rim = border[r][x];
            if (!rim) continue;
            int sum = rim + alpha[r][x];
            luma[x] = (uint8_t)((luma[x] * alpha[r][x] + shape->y * rim + sum / 2) / sum);
            alpha[r][x] = (uint8_t)sum;
        }
    }
}

static double positive(double value) { return value > 0 ? fmin(value, 1e9) : 0; }   /* NaN is 0 */

static struct outline outline(cfs_box box, const double radii[4], double inset) {
    struct outline o = {{box.left + inset, box.top + inset, box.right - inset, box.bottom - inset}, {0}, 0, 0};
    o.is_empty = !(o.box.left < o.box.right && o.box.top < o.box.bottom);
    for (int k = 0; k < 4; k++) {
        o.radii[k] = fmax(radii[k] - inset, 0);
        o.largest = fmax(o.largest, o.radii[k]);
    }
    return o;
}

/* Reduces radii as CSS does: all by the factor that the tightest side needs. */
static void fit(double radii[4], double width, double height) {
    double factor = 1;
    for (int k = 0; k < 4; k++) {
        double sum = radii[k] + radii[(k + 1) % 4], side = k % 2 ? height : width;
        if (sum > side) factor = fmin(factor, side / sum);
    }
    for (int k = 0; k < 4; k++) radii[k] *= factor;
}

static int is_finite(const cfs_box *box) {
    return fabs(box->left) < 1e9 && fabs(box->top) < 1e9 && fabs(box->right) < 1e9 && fabs(box->bottom) < 1e9;
}

/* Returns 0 if nothing is to be seen. */
static int prepare(struct shaping *s, cfs_affine map, const cfs_shape *shape, double opacity) {
    const double *numbers = &map.a;
    for (int k = 0; k < 6; k++)
        if (!(fabs(numbers[k]) < 1e9)) return 0;
    double determinant = map.a * map.e - map.b * map.d;
    s->map = map;
    s->size_u = hypot(map.a, map.b);
    s->size_v = hypot(map.d, map.e);
    s->opacity = fmin(positive(opacity), 1);
    if (!(fabs(determinant) > 0) || !(s->size_u > 0) || !(s->size_v > 0) || !is_finite(&shape->box)
        || !is_finite(&shape->content) || s->opacity == 0) return 0;
    s->reach_u = (fabs(map.a) + fabs(map.b)) / 2 * 1.0001;
    s->reach_v = (fabs(map.d) + fabs(map.e)) / 2 * 1.0001;
    double radii[4], width = positive(shape->box.right - shape->box.left), height = positive(shape->box.bottom - shape->box.top);
    for (int k = 0; k < 4; k++) radii[k] = positive(shape->radii[k]);
    fit(radii, width, height);
    double border = positive(shape->border);
    s->border_alpha = cfs_clamp(shape->alpha, 0, 255) / 255.0;
    s->has_border = border > 0 && s->border_alpha > 0;
    s->outer = outline(shape->box, radii, 0);
    s->inner = outline(shape->box, radii, s->has_border ? border : 0);
    s->visible = (cfs_box){fmax(shape->box.left, shape->content.left), fmax(shape->box.top, shape->content.top),
                           fmin(shape->box.right, shape->content.right), fmin(shape->box.bottom, shape->content.bottom)};
    return !s->outer.is_empty;
}

int cfs_layer_shape(cfs_frame *frame, enum cfs_alpha_kind kind, cfs_affine to_local, const cfs_shape *shape, double opacity) {
    if (frame->format != AV_PIX_FMT_YUVA420P) return AVERROR(EINVAL);
    struct shaping s;
    if (!prepare(&s, to_local, shape, opacity)) {
        for (int y = 0; y < frame->height; y++)
            memset(frame->data[3] + (ptrdiff_t)y * frame->linesize[3], 0, (size_t)frame->width);
        return 0;
    }
    size_t width = (size_t)frame->width;
    uint8_t *room = av_malloc_array(width, 4);
    if (!room) return AVERROR(ENOMEM);
    if (kind == CFS_ALPHA_PREMULTIPLIED) cfs_straighten(frame);
    cfs_shape tidy = *shape;
    tidy.y = cfs_clamp(shape->y, 0, 255);
    tidy.u = cfs_clamp(shape->u, 0, 255);
    tidy.v = cfs_clamp(shape->v, 0, 255);
    uint8_t *const picture[2] = {room, room + width}, *const border[2] = {room + 2 * width, room + 3 * width};
    for (int y = 0; y < frame->height; y += 2) {
        int rows = cfs_min(2, frame->height - y);
        for (int r = 0; r < rows; r++) weigh_row(&s, y + r, frame->width, picture[r], border[r]);
        apply(frame, &tidy, y, rows, picture, border, s.has_border, kind == CFS_ALPHA_SOLID);
    }
    av_free(room);
    return 0;
}
