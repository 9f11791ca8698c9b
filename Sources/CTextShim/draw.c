/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing: boxes below shadows below strokes below fills. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

struct cts_picture { cairo_surface_t *surface; };

enum { MOST_PIXELS = 1 << 26, LONGEST_SIDE = 32000 };

static cts_rectangle padded(cts_rectangle box, const cts_box *around) {
    return (cts_rectangle){box.x - around->padding_x, box.y - around->padding_y, box.width + 2 * around->padding_x,
                           box.height + 2 * around->padding_y};
}

/* Draws in a run's scale, about the middle of the part's box. */
static void enter_scale(const cts_layout *layout, cairo_t *cr, const cts_part *part) {
    double scale = layout->block->runs[part->run].scale;
    if (scale == 1) return;
    cts_rectangle box = cts_part_box(layout, part);
    double x = box.x + box.width / 2, y = box.y + box.height / 2;
    cairo_translate(cr, x, y);
    cairo_scale(cr, scale, scale);
    cairo_translate(cr, -x, -y);
}

/* Lines' boxes become one shape, so that one that lets through is not darker where two meet. */
static void draw_background(const cts_layout *layout, cairo_t *cr) {
    const cts_box *box = &layout->block->background;
    if (!box->paint.count) return;
    if (layout->block->background_per_line) {
        for (size_t i = 0; i < layout->line_count; i++) {
            const cts_line *line = &layout->lines[i];
            if (line->width > 0)
                cts_add_box(cr, padded((cts_rectangle){line->x, line->top, line->width, line->height}, box), box->radius);
        }
    } else {
        cts_add_box(cr, padded((cts_rectangle){0, 0, layout->width, layout->height}, box), box->radius);
    }
    cts_paint_set(cr, &box->paint, layout->width, layout->height);
    cairo_fill(cr);
}

static void draw_run_boxes(const cts_layout *layout, cairo_t *cr) {
    for (size_t i = 0; i < layout->part_count; i++) {
        const cts_part *part = &layout->parts[i];
        const cts_box *box = &layout->block->runs[part->run].box;
        if (!box->paint.count || part->width <= 0) continue;
        cairo_save(cr);
        cts_paint_set(cr, &box->paint, layout->width, layout->height);
        enter_scale(layout, cr, part);
        cts_add_box(cr, padded(cts_part_box(layout, part), box), box->radius);
        cairo_fill(cr);
        cairo_restore(cr);
    }
}

/* Whether anything of a part lies inside the clip. */
static int is_visible(const cts_layout *layout, cairo_t *cr, const cts_part *part) {
    cts_rectangle box = cts_part_scaled(layout, part, cts_part_painted(layout, part));
    double left, top, right, bottom;
    cairo_clip_extents(cr, &left, &top, &right, &bottom);
    const double margin = 2;
    return box.width > 0 && box.x < right + margin && box.x + box.width > left - margin && box.y < bottom + margin
        && box.y + box.height > top - margin;
}

static void add_lines(const cts_layout *layout, cairo_t *cr, const cts_part *part) {
    cts_add_box(cr, cts_part_underline(layout, part), 0);
    cts_add_box(cr, cts_part_strikethrough(layout, part), 0);
}

static void draw_stroke(const cts_layout *layout, cairo_t *cr, const cts_part *part) {
    const cts_run *run = &layout->block->runs[part->run];
    /* Through a fill that lets through, the stroke's inner half must not be seen. */
    int is_open = !cts_paint_is_solid(&run->fill) || (part->swept > 0 && !cts_paint_is_solid(&run->sweep_paint));
    if (is_open) cairo_push_group(cr);
    cairo_save(cr);
    cts_paint_set(cr, &run->stroke_paint, layout->width, layout->height);
    enter_scale(layout, cr, part);
    cairo_set_line_width(cr, 2 * run->stroke);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cts_glyphs_path(layout, cr, part);
    add_lines(layout, cr, part);
    if (is_open) {
        cairo_stroke_preserve(cr);
        cairo_set_operator(cr, CAIRO_OPERATOR_DEST_OUT);
        cairo_set_source_rgb(cr, 0, 0, 0);
        cairo_fill(cr);
    } else {
        cairo_stroke(cr);
    }
    cairo_restore(cr);
    if (!is_open) return;
    cairo_pop_group_to_source(cr);
    cairo_paint(cr);
}

/* Makes a source of both paints of a run that is swept in part. The boundary falls between pixels. */
static void set_swept(const cts_layout *layout, cairo_t *cr, const cts_part *part, const cairo_matrix_t *block) {
    const cts_run *run = &layout->block->runs[part->run];
    cts_rectangle box = cts_part_painted(layout, part);
    cairo_rectangle(cr, box.x - 2, box.y - 2, box.width + 4, box.height + 4);
    cairo_clip(cr);
    cairo_push_group(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_matrix_t own;
    cairo_get_matrix(cr, &own);
    cairo_set_matrix(cr, block);
    cts_paint_set(cr, &run->fill, layout->width, layout->height);
    cairo_paint(cr);
    cts_paint_set(cr, &run->sweep_paint, layout->width, layout->height);
    cairo_set_matrix(cr, &own);
    double far = box.width + part->width + 8, swept = part->swept * part->width;
    if (part->right_to_left) cairo_rectangle(cr, part->x + part->width - swept, box.y - 4, far, box.height + 8);
    else cairo_rectangle(cr, part->x + swept - far, box.y - 4, far, box.height + 8);
    cairo_clip(cr);
    cairo_paint(cr);
    cairo_pop_group_to_source(cr);
}

static void draw_fill(const cts_layout *layout, cairo_t *cr, const cts_part *part) {
    const cts_run *run = &layout->block->runs[part->run];
    cairo_matrix_t block;
    cairo_save(cr);
    cairo_get_matrix(cr, &block);
    int in_part = part->swept > 0 && part->swept < 1;
    const cts_paint *paint = part->swept >= 1 ? &run->sweep_paint : &run->fill;
    if (!in_part) cts_paint_set(cr, paint, layout->width, layout->height);
    enter_scale(layout, cr, part);
    if (in_part) set_swept(layout, cr, part, &block);
    cts_glyphs_path(layout, cr, part);
    cairo_fill(cr);
    add_lines(layout, cr, part);
    cairo_fill(cr);
    cts_glyphs_pictures(layout, cr, part, paint->count == 1 ? paint->stops->alpha / 255.0 : 1);
    cairo_restore(cr);
}

static void draw_letters(const cts_layout *layout, cairo_t *cr) {
    for (size_t i = 0; i < layout->part_count; i++) {
        const cts_part *part = &layout->parts[i];
        const cts_run *run = &layout->block->runs[part->run];
        if (run->stroke > 0 && run->stroke_paint.count && is_visible(layout, cr, part)) draw_stroke(layout, cr, part);
    }
    for (size_t i = 0; i < layout->part_count; i++)
        if (is_visible(layout, cr, &layout->parts[i])) draw_fill(layout, cr, &layout->parts[i]);
}

static int status_of(cairo_t *cr) {
    switch (cairo_status(cr)) {
    case CAIRO_STATUS_SUCCESS: return CTS_OK;
    case CAIRO_STATUS_NO_MEMORY: return CTS_NO_MEMORY;
    default: return CTS_DAMAGED_GLYPHS;
    }
}

/* Where a layout lies on a target. */
typedef struct { double x, y, factor; int width, height; } place;

/* Returns the part of the letters that is seen, or whose shadow is, in whole pixels of the target. */
static cts_rectangle needed(const cts_layout *layout, const place *at) {
    cts_rectangle frame = {0, 0, at->width, at->height}, all = frame, letters = layout->letters;
    for (size_t i = 0; i < layout->block->shadow_count; i++) {
        const cts_shadow *shadow = &layout->block->shadows[i];
        double reach = cts_shadow_reach(shadow->blur / 2 * at->factor) + 1;
        all = cts_union(all, (cts_rectangle){-shadow->x * at->factor - reach, -shadow->y * at->factor - reach,
                                             frame.width + 2 * reach, frame.height + 2 * reach});
    }
    double left = fmax(all.x, at->x + letters.x * at->factor - 1), top = fmax(all.y, at->y + letters.y * at->factor - 1);
    double right = fmin(all.x + all.width, at->x + (letters.x + letters.width) * at->factor + 1);
    double bottom = fmin(all.y + all.height, at->y + (letters.y + letters.height) * at->factor + 1);
    left = floor(left), top = floor(top);
    return (cts_rectangle){left, top, ceil(right) - left, ceil(bottom) - top};
}

/* Draws the letters on a surface of their own, then their shadows, and the letters over them. */
static int draw_with_shadows(const cts_layout *layout, cairo_surface_t *target, const place *at) {
    cts_rectangle area = needed(layout, at);
    if (area.width < 1 || area.height < 1) return CTS_OK;
    if (area.width > LONGEST_SIDE || area.height > LONGEST_SIDE || area.width * area.height > MOST_PIXELS)
        return CTS_NO_MEMORY;
    cairo_surface_t *letters = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)area.width, (int)area.height);
    cairo_t *cr = cairo_create(letters);
    cairo_translate(cr, at->x - area.x, at->y - area.y);
    cairo_scale(cr, at->factor, at->factor);
    draw_letters(layout, cr);
    int status = status_of(cr);
    cairo_destroy(cr);
    cairo_surface_flush(letters);
    for (size_t i = layout->block->shadow_count; i-- > 0 && !status;) {
        const cts_shadow *shadow = &layout->block->shadows[i];
        status = cts_shadow_draw(target, letters, area.x, area.y, shadow->x * at->factor, shadow->y * at->factor,
                                 shadow->blur / 2 * at->factor, shadow->color);
    }
    if (!status) {
        cr = cairo_create(target);
        cairo_set_source_surface(cr, letters, area.x, area.y);
        cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
        cairo_paint(cr);
        status = status_of(cr);
        cairo_destroy(cr);
    }
    cairo_surface_destroy(letters);
    return status;
}

static int draw(const cts_layout *layout, cairo_surface_t *target, const place *at) {
    cairo_t *cr = cairo_create(target);
    cairo_translate(cr, at->x, at->y);
    cairo_scale(cr, at->factor, at->factor);
    draw_background(layout, cr);
    draw_run_boxes(layout, cr);
    if (!layout->block->shadow_count) draw_letters(layout, cr);
    int status = status_of(cr);
    cairo_destroy(cr);
    cairo_surface_flush(target);
    if (!status && layout->block->shadow_count) status = draw_with_shadows(layout, target, at);
    return status;
}

int cts_layout_draw(cts_layout *layout, double x, double y, double scale, int width, int height, cts_picture **result) {
    *result = NULL;
    const double farthest = 1e6, largest = 1000;
    if (!(fabs(x) <= farthest && fabs(y) <= farthest && scale > 0 && scale <= largest)) return CTS_WRONG;
    if (width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE
        || (int64_t)width * height > MOST_PIXELS) return CTS_WRONG;
    cts_picture *picture = calloc(1, sizeof *picture);
    if (!picture) return CTS_NO_MEMORY;
    picture->surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    place at = {x, y, scale * layout->shrink, width, height};
    int status = cairo_surface_status(picture->surface) ? CTS_NO_MEMORY : draw(layout, picture->surface, &at);
    if (status) {
        cts_picture_free(picture);
        return status;
    }
    cairo_surface_flush(picture->surface);
    *result = picture;
    return CTS_OK;
}

void cts_picture_free(cts_picture *picture) {
    if (!picture) return;
    cairo_surface_destroy(picture->surface);
    free(picture);
}

const uint32_t *cts_picture_pixels(const cts_picture *picture, ptrdiff_t *stride) {
    *stride = cairo_image_surface_get_stride(picture->surface);
    return (const uint32_t *)(const void *)cairo_image_surface_get_data(picture->surface);
}
#endif
