/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blend modes on R'G'B', which a strip of pixels is converted to and back.
 *
 * What is converted back is the change and not the result, so that where a mode changes nothing, nothing is rounded, and
 * a picture's values beyond black and white stay.
 */
#include "paint.h"

#include "vectors.h"

#include <string.h>

enum { CHUNK = 64 };

/* The change of a row of pixels by the layer, times its alpha: luma in levels, and the colour differences in levels. */
struct change { float y[CHUNK], u[CHUNK], v[CHUNK]; };

/* A row of pixels of both pictures, with a chroma sample for each. */
struct row { uint8_t y[CHUNK], u[CHUNK], v[CHUNK], over_y[CHUNK], over_u[CHUNK], over_v[CHUNK], alpha[CHUNK]; };

CFS_BODY float least(float a, float b) { return a < b ? a : b; }
CFS_BODY float most(float a, float b) { return a > b ? a : b; }
CFS_BODY float root(float value) {
#if defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
    return __builtin_elementwise_sqrt(value);   /* unlike sqrtf, it need not set errno, so it may become a vector */
#else
    return __builtin_sqrtf(value);
#endif
#else
    return __builtin_sqrtf(value);
#endif
}

/* W3C, Compositing and Blending Level 1, section 9.1: b is the backdrop, s the source. */
CFS_BODY float screen(float b, float s) { return b + s - b * s; }
CFS_BODY float hard_light(float b, float s) { return s <= 0.5f ? b * 2 * s : screen(b, 2 * s - 1); }
CFS_BODY float soft_light(float b, float s) {
    float bright = b <= 0.25f ? ((16 * b - 12) * b + 4) * b : root(b);
    return s <= 0.5f ? b - (1 - 2 * s) * b * (1 - b) : b + (2 * s - 1) * (bright - b);
}
/* Both have a jump at black and white, which conversions may miss by some millionths. */
static const float nearly = 1e-5f;
CFS_BODY float color_dodge(float b, float s) {
    float ratio = least(1, b / most(1 - s, nearly));
    ratio = s >= 1 - nearly ? 1 : ratio;
    return b <= nearly ? 0 : ratio;
}
CFS_BODY float color_burn(float b, float s) {
    float ratio = 1 - least(1, (1 - b) / most(s, nearly));
    ratio = s <= nearly ? 0 : ratio;
    return b >= 1 - nearly ? 1 : ratio;
}
CFS_BODY float blend(enum cfs_blend mode, float b, float s) {
    switch (mode) {
    case CFS_NORMAL: return s;
    case CFS_MULTIPLY: return b * s;
    case CFS_SCREEN: return screen(b, s);
    case CFS_OVERLAY: return hard_light(s, b);
    case CFS_DARKEN: return least(b, s);
    case CFS_LIGHTEN: return most(b, s);
    case CFS_ADD: return least(b + s, 1);
    case CFS_SUBTRACT: return most(b - s, 0);
    case CFS_DIFFERENCE: return most(b - s, s - b);
    case CFS_SOFT_LIGHT: return soft_light(b, s);
    case CFS_HARD_LIGHT: return hard_light(b, s);
    case CFS_COLOR_DODGE: return color_dodge(b, s);
    case CFS_COLOR_BURN: return color_burn(b, s);
    }
    return s;
}

CFS_BODY float unit(float value) { return least(most(value, 0), 1); }

/* BT.709-6, items 3.2 and 3.3, with the ranges of item 4.6. */
static const float red = 0.2126f, green = 0.7152f, blue = 0.0722f, of_u = 1.8556f, of_v = 1.5748f;

CFS_BODY void change_of(enum cfs_blend mode, const struct row *restrict row, struct change *restrict out) {
    const float green_u = blue * of_u / green, green_v = red * of_v / green;
    for (int x = 0; x < CHUNK; x++) {
        float y = (float)(row->y[x] - 16) * (1 / 219.0f), u = (float)(row->u[x] - 128) * (1 / 224.0f);
        float v = (float)(row->v[x] - 128) * (1 / 224.0f);
        float over_y = (float)(row->over_y[x] - 16) * (1 / 219.0f), over_u = (float)(row->over_u[x] - 128) * (1 / 224.0f);
        float over_v = (float)(row->over_v[x] - 128) * (1 / 224.0f);
        float r = unit(y + of_v * v), g = unit(y - green_u * u - green_v * v), b = unit(y + of_u * u);
        float over_r = unit(over_y + of_v * over_v), over_g = unit(over_y - green_u * over_u - green_v * over_v);
        float over_b = unit(over_y + of_u * over_u);
        float alpha = (float)row->alpha[x] * (1 / 255.0f);
        float more_r = (blend(mode, r, over_r) - r) * alpha, more_g = (blend(mode, g, over_g) - g) * alpha;
        float more_b = (blend(mode, b, over_b) - b) * alpha;
        float more_y = red * more_r + green * more_g + blue * more_b;
        out->y[x] = more_y * 219;
        out->u[x] = (more_b - more_y) * (224 / of_u);
        out->v[x] = (more_r - more_y) * (224 / of_v);
    }
}

#define MODE(name, mode) \
    CFS_BODY void name##_body(const struct row *row, struct change *out) { change_of(mode, row, out); } \
    CFS_VECTORS(name, (const struct row *row, struct change *out), (row, out))
MODE(row_multiply, CFS_MULTIPLY)
MODE(row_screen, CFS_SCREEN)
MODE(row_overlay, CFS_OVERLAY)
MODE(row_darken, CFS_DARKEN)
MODE(row_lighten, CFS_LIGHTEN)
MODE(row_add, CFS_ADD)
MODE(row_subtract, CFS_SUBTRACT)
MODE(row_difference, CFS_DIFFERENCE)
MODE(row_soft_light, CFS_SOFT_LIGHT)
MODE(row_hard_light, CFS_HARD_LIGHT)
MODE(row_color_dodge, CFS_COLOR_DODGE)
MODE(row_color_burn, CFS_COLOR_BURN)

static void find_change(enum cfs_blend mode, const struct row *row, struct change *out) {
    switch (mode) {
    case CFS_NORMAL: break;   /* paint.c's own */
    case CFS_MULTIPLY: row_multiply_run(row, out); break;
    case CFS_SCREEN: row_screen_run(row, out); break;
    case CFS_OVERLAY: row_overlay_run(row, out); break;
    case CFS_DARKEN: row_darken_run(row, out); break;
    case CFS_LIGHTEN: row_lighten_run(row, out); break;
    case CFS_ADD: row_add_run(row, out); break;
    case CFS_SUBTRACT: row_subtract_run(row, out); break;
    case CFS_DIFFERENCE: row_difference_run(row, out); break;
    case CFS_SOFT_LIGHT: row_soft_light_run(row, out); break;
    case CFS_HARD_LIGHT: row_hard_light_run(row, out); break;
    case CFS_COLOR_DODGE: row_color_dodge_run(row, out); break;
    case CFS_COLOR_BURN: row_color_burn_run(row, out); break;
    }
}

/* Adds a change to a row of samples, rounded. */
CFS_BODY void add_body(uint8_t *to, const float *change, int width) {
    for (int x = 0; x < width; x++) {
        float value = (float)to[x] + change[x] + 0.5f;
        value = value < 0 ? 0 : value;
        value = value > 255 ? 255 : value;
        to[x] = (uint8_t)(int)value;
    }
}
CFS_VECTORS(add, (uint8_t *to, const float *change, int width), (to, change, width))

CFS_BODY void average_body(const float *a, const float *b, float *out, int width) {
    for (int x = 0; x < width; x++) out[x] = (a[2 * x] + a[2 * x + 1] + (b[2 * x] + b[2 * x + 1])) * 0.25f;
}
CFS_VECTORS(average, (const float *a, const float *b, float *out, int width), (a, b, out, width))

/* Gives both pixels of a pair their sample. */
static void twice(uint8_t out[CHUNK], const uint8_t *in, int columns) {
    for (int x = 0; x < columns; x++) out[2 * x] = out[2 * x + 1] = in[x];
}

void cfs_blend_strip(const struct strip *s, enum cfs_blend mode) {
    struct row row;
    struct change change[2];
    memset(&row, 0, sizeof row);
    for (int from = 0; from < s->width; from += CHUNK) {
        int count = cfs_min(CHUNK, s->width - from), columns = (count + 1) / 2, half = from / 2, is_clear = 1;
        for (int r = 0; r < s->rows && is_clear; r++)
            is_clear = !s->alpha[r][from] && !memcmp(s->alpha[r] + from, s->alpha[r] + from + 1, (size_t)count - 1);
        if (is_clear) continue;
        twice(row.u, s->u + half, columns);
        twice(row.v, s->v + half, columns);
        twice(row.over_u, s->over_u + half, columns);
        twice(row.over_v, s->over_v + half, columns);
        for (int r = 0; r < s->rows; r++) {
            memcpy(row.y, s->luma[r] + from, (size_t)count);
            memcpy(row.over_y, s->over_luma[r] + from, (size_t)count);
            memcpy(row.alpha, s->alpha[r] + from, (size_t)count);
            find_change(mode, &row, &change[r]);
            if (count % 2) {   /* the last pixel stands for the one that is missing */
                change[r].u[count] = change[r].u[count - 1];
                change[r].v[count] = change[r].v[count - 1];
            }
            add_run(s->luma[r] + from, change[r].y, count);
        }
        const struct change *last = &change[s->rows - 1];
        float mean[CHUNK / 2];
        average_run(change[0].u, last->u, mean, columns);
        add_run(s->u + half, mean, columns);
        average_run(change[0].v, last->v, mean, columns);
        add_run(s->v + half, mean, columns);
    }
}
