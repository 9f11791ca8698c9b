/* SPDX-License-Identifier: Apache-2.0 */
/* Glyphs: outlines by HarfBuzz as cairo's paths, which follow fractions of a pixel, and pictures such as emoji. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <hb-ot.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* Where an outline goes: its origin, in Pango's pixels. */
typedef struct {
    cairo_t *cr;
    double x, y;
} pen;

/* Damaged fonts place points anywhere; cairo counts in whole numbers. */
static double bearable(double value) { return value > -1e5 && value < 1e5 ? value : 0; }

static double to_x(const pen *to, float x) { return bearable(to->x + (double)x / PANGO_SCALE); }
static double to_y(const pen *to, float y) { return bearable(to->y - (double)y / PANGO_SCALE); }

static void move_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y, void *user) {
    (void)funcs, (void)state, (void)user;
    const pen *to = data;
    cairo_move_to(to->cr, to_x(to, x), to_y(to, y));
}

static void line_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x, float y, void *user) {
    (void)funcs, (void)state, (void)user;
    const pen *to = data;
    cairo_line_to(to->cr, to_x(to, x), to_y(to, y));
}

static void curve_to(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, float x1, float y1, float x2, float y2,
                     float x3, float y3, void *user) {
    (void)funcs, (void)state, (void)user;
    const pen *to = data;
    cairo_curve_to(to->cr, to_x(to, x1), to_y(to, y1), to_x(to, x2), to_y(to, y2), to_x(to, x3), to_y(to, y3));
}

static void close_path(hb_draw_funcs_t *funcs, void *data, hb_draw_state_t *state, void *user) {
    (void)funcs, (void)state, (void)user;
    cairo_close_path(((const pen *)data)->cr);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static hb_draw_funcs_t *functions;

/* HarfBuzz turns quadratic curves, for which no function is set, into cubic ones. */
static void make_functions(void) {
    functions = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(functions, move_to, NULL, NULL);
    hb_draw_funcs_set_line_to_func(functions, line_to, NULL, NULL);
    hb_draw_funcs_set_cubic_to_func(functions, curve_to, NULL, NULL);
    hb_draw_funcs_set_close_path_func(functions, close_path, NULL, NULL);
    hb_draw_funcs_make_immutable(functions);
}

static void add_outline(cairo_t *cr, hb_font_t *font, hb_codepoint_t glyph, double x, double y) {
    pthread_once(&once, make_functions);
    pen to = {cr, x, y};
#if HB_VERSION_ATLEAST(7, 0, 0)
    hb_font_draw_glyph(font, glyph, functions, &to);
#else
    hb_font_get_glyph_shape(font, glyph, functions, &to);
#endif
}

/* Draws a glyph that is a picture where its outline would be. */
static void draw_image(cairo_t *cr, cairo_surface_t *image, const hb_glyph_extents_t *extents, double x, double y,
                       double opacity) {
    double left = x + extents->x_bearing / (double)PANGO_SCALE, top = y - extents->y_bearing / (double)PANGO_SCALE;
    double width = extents->width / (double)PANGO_SCALE, height = -extents->height / (double)PANGO_SCALE;
    if (!(width > 0 && height > 0 && width < 1e5 && height < 1e5 && fabs(left) < 1e6 && fabs(top) < 1e6)) return;
    cairo_save(cr);
    cairo_translate(cr, left, top);
    cairo_scale(cr, width / cairo_image_surface_get_width(image), height / cairo_image_surface_get_height(image));
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
    cairo_paint_with_alpha(cr, opacity);
    cairo_restore(cr);
}

/* Draws the outlines in colours of which a glyph consists; those without a colour of their own have the source's. */
static void draw_layers(cairo_t *cr, hb_font_t *font, hb_codepoint_t glyph, double x, double y, double opacity) {
    enum { MOST_LAYERS = 64, MOST_COLORS = 256, FOREGROUND = 0xFFFF };
    hb_face_t *face = hb_font_get_face(font);
    hb_ot_color_layer_t layers[MOST_LAYERS];
    hb_color_t colors[MOST_COLORS];
    unsigned count = MOST_LAYERS, known = MOST_COLORS;
    hb_ot_color_glyph_get_layers(face, glyph, 0, &count, layers);
    hb_ot_color_palette_get_colors(face, 0, 0, &known, colors);
    for (unsigned i = 0; i < count; i++) {
        cairo_save(cr);
        if (layers[i].color_index != FOREGROUND && layers[i].color_index < known) {
            hb_color_t color = colors[layers[i].color_index];
            cairo_set_source_rgba(cr, hb_color_get_red(color) / 255.0, hb_color_get_green(color) / 255.0,
                                  hb_color_get_blue(color) / 255.0, opacity * hb_color_get_alpha(color) / 255.0);
        }
        add_outline(cr, font, layers[i].glyph, x, y);
        cairo_fill(cr);
        cairo_restore(cr);
    }
}

static void draw_picture(const cts_layout *layout, cairo_t *cr, hb_font_t *font, hb_codepoint_t glyph, double x, double y,
                         double opacity) {
    hb_glyph_extents_t extents;
    if (cts_glyph_is_layers(font, glyph)) {
        draw_layers(cr, font, glyph, x, y, opacity);
    } else if (hb_font_get_glyph_extents(font, glyph, &extents)) {
        cairo_surface_t *image = cts_image_of(layout->context->images, font, glyph);
        if (image) draw_image(cr, image, &extents, x, y, opacity);
    }
}

static int is_drawn(const PangoGlyphInfo *info) {
    return info->glyph != PANGO_GLYPH_EMPTY && !(info->glyph & PANGO_GLYPH_UNKNOWN_FLAG);
}

/* Goes to a part's place, and through its glyphs: adds outlines to the path, or draws pictures. Lengths are Pango's pixels. */
static void walk(const cts_layout *layout, cairo_t *cr, const cts_part *part, int pictures, double opacity) {
    cairo_save(cr);
    cairo_translate(cr, part->x, layout->lines[part->line].baseline);
    cairo_scale(cr, PANGO_SCALE / layout->unit, PANGO_SCALE / layout->unit);
    double left = 0;
    GSList *l = part->items;
    for (int i = 0; i < part->count; i++, l = l->next) {
        const PangoGlyphItem *item = l->data;
        hb_font_t *font = pango_font_get_hb_font(item->item->analysis.font);
        hb_face_t *face = hb_font_get_face(font);
        int in_colour = hb_ot_color_has_png(face) || hb_ot_color_has_layers(face);
        for (int k = 0; k < item->glyphs->num_glyphs; k++) {
            const PangoGlyphInfo *info = &item->glyphs->glyphs[k];
            double x = (left + info->geometry.x_offset) / PANGO_SCALE, y = info->geometry.y_offset / (double)PANGO_SCALE;
            left += info->geometry.width;
            if (!is_drawn(info) || (pictures && !in_colour)) continue;
            int is_picture = in_colour && (cts_glyph_is_image(font, info->glyph) || cts_glyph_is_layers(font, info->glyph));
            if (is_picture && pictures) draw_picture(layout, cr, font, info->glyph, x, y, opacity);
            else if (!is_picture && !pictures) add_outline(cr, font, info->glyph, x, y);
        }
    }
    cairo_restore(cr);
}

void cts_glyphs_path(const cts_layout *layout, cairo_t *cr, const cts_part *part) { walk(layout, cr, part, 0, 1); }

void cts_glyphs_pictures(const cts_layout *layout, cairo_t *cr, const cts_part *part, double opacity) {
    walk(layout, cr, part, 1, opacity);
}
#endif
