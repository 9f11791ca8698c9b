/* SPDX-License-Identifier: Apache-2.0 */
/* Layout: Pango shapes the text and breaks it into lines; where the lines lie is decided here, from the chosen fonts. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t cts_run_at(const cts_layout *layout, size_t byte) {
    size_t low = 0, high = layout->block->run_count;
    while (high - low > 1) {   /* the last run that begins at the byte or before it; empty runs have no bytes */
        size_t middle = (low + high) / 2;
        if (layout->starts[middle] <= byte) low = middle;
        else high = middle;
    }
    return low;
}

static void set_width(const cts_layout *layout, PangoLayout *pango, double width) {
    double units = width * layout->unit;
    /* A little more, so that a text fits into the width that was measured of it. */
    pango_layout_set_width(pango, width > 0 && units < INT_MAX / 2 ? (int)ceil(units + 1) : -1);
}

/* Sets the height and the baseline of a line from the chosen fonts of its runs, as CSS does. */
static void place(const cts_layout *layout, cts_line *line) {
    double above = -INFINITY, below = -INFINITY;
    size_t first = cts_run_at(layout, line->start);
    for (size_t i = first; i < layout->block->run_count; i++) {
        if (i > first && layout->starts[i] >= line->start + line->length) break;
        if (i > first && layout->starts[i] == layout->starts[i + 1]) continue;   /* no letters */
        const cts_metrics *metrics = &layout->metrics[i];
        double own = metrics->ascent + metrics->descent, factor = layout->block->line_height;
        double height = factor > 0 ? factor * layout->block->runs[i].size : own + metrics->gap;
        above = fmax(above, metrics->ascent + (height - own) / 2);
        below = fmax(below, metrics->descent + (height - own) / 2);
    }
    line->height = fmax(0, above + below);
    line->baseline = above;
}

/* Describes a line of Pango's. */
static cts_line line_of(const cts_layout *layout, PangoLayoutLine *pango, size_t shift) {
    cts_line line = {.line = pango, .shift = shift, .start = shift + (size_t)pango->start_index,
                     .length = (size_t)pango->length, .right_to_left = pango->resolved_dir == PANGO_DIRECTION_RTL};
    double width = 0;   /* Pango's own measure of an empty line counts all lines before it */
    for (GSList *l = pango->runs; l; l = l->next) width += pango_glyph_string_get_width(((PangoGlyphItem *)l->data)->glyphs);
    line.width = width / layout->unit;
    place(layout, &line);
    return line;
}

/* The size that the lines of the whole text take up. */
typedef struct { double width, height; int count; } extent;

static extent measure(const cts_layout *layout) {
    extent result = {0, 0, 0};
    for (GSList *l = pango_layout_get_lines_readonly(layout->whole); l; l = l->next) {
        cts_line line = line_of(layout, l->data, 0);
        result.width = fmax(result.width, line.width);
        result.height += line.height;
        result.count++;
    }
    return result;
}

static int fits(const cts_layout *layout, double shrink) {
    const cts_block *block = layout->block;
    const double slack = 1e-3;   /* of a pixel: what rounding to Pango's units adds up to */
    if (block->max_width > 0 && block->wraps) set_width(layout, layout->whole, block->max_width / shrink);
    extent size = measure(layout);
    return (block->max_width <= 0 || size.width * shrink <= block->max_width + slack)
        && (block->max_height <= 0 || size.height * shrink <= block->max_height + slack)
        && (block->max_lines <= 0 || size.count <= block->max_lines);
}

/* Finds the largest size that fits without a break inside a word. Nothing is hinted, so the letters of a smaller size are
   those of the whole size, drawn smaller, and it is enough to break lines for a wider box. */
static void shrink(cts_layout *layout) {
    enum { STEPS = 10 };
    const double smallest = 0.1;
    pango_layout_set_wrap(layout->whole, PANGO_WRAP_WORD);
    if (!fits(layout, 1)) {
        double low = smallest, high = 1;
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            if (fits(layout, middle)) low = middle;
            else high = middle;
        }
        layout->shrink = low;
    }
    pango_layout_set_wrap(layout->whole, PANGO_WRAP_WORD_CHAR);
}

/* Returns how many lines may be shown. */
static int allowed(const cts_layout *layout) {
    const cts_block *block = layout->block;
    int most = block->max_lines > 0 ? block->max_lines : INT_MAX, count = 0;
    if (!block->ellipsis || block->max_height <= 0) return most;
    double room = block->max_height / layout->shrink + 1e-3;
    for (GSList *l = pango_layout_get_lines_readonly(layout->whole); l && count < most; l = l->next) {
        room -= line_of(layout, l->data, 0).height;
        if (room < 0) break;
        count++;
    }
    return count > 0 ? count : 1;
}

/* Lays out the last line that is shown, with an ellipsis for what follows. Returns the bytes that are left of its paragraph. */
static size_t end_with_ellipsis(cts_layout *layout, const cts_line *line) {
    const cts_block *block = layout->block;
    const char *rest = block->text + line->start, *text_end = block->text + block->length;
    int end = 0, next = 0;
    pango_find_paragraph_boundary(rest, (int)(text_end - rest), &end, &next);
    /* U+2028 ends a line, and no paragraph. */
    const char *separator = g_strstr_len(rest, end, "\xE2\x80\xA8");
    if (separator) end = (int)(separator - rest);
    /* Where the paragraph ends with this line, the text goes on after it. */
    layout->last = cts_shape(layout, line->start, line->start + (size_t)end, "\xE2\x80\xA6");
    if (block->max_width > 0) {
        set_width(layout, layout->last, block->max_width / layout->shrink);
        pango_layout_set_ellipsize(layout->last, PANGO_ELLIPSIZE_END);
    }
    return (size_t)end;
}

static int collect_lines(cts_layout *layout) {
    const cts_block *block = layout->block;
    int total = pango_layout_get_line_count(layout->whole), shown = allowed(layout);
    layout->is_truncated = pango_layout_is_ellipsized(layout->whole) || shown < total;
    size_t count = (size_t)(shown < total ? shown : total);
    layout->lines = calloc(count ? count : 1, sizeof *layout->lines);
    if (!layout->lines) return CTS_NO_MEMORY;
    GSList *l = pango_layout_get_lines_readonly(layout->whole);
    for (size_t i = 0; i < count && l; i++, l = l->next) {
        layout->lines[i] = line_of(layout, l->data, 0);
        if (i + 1 == count && shown < total && block->ellipsis) {
            size_t start = layout->lines[i].start, left = end_with_ellipsis(layout, &layout->lines[i]);
            layout->lines[i] = line_of(layout, pango_layout_get_line_readonly(layout->last, 0), start);
            layout->lines[i].length = left;   /* the ellipsis is no text of the block's */
        }
        layout->line_count++;
    }
    return CTS_OK;
}

/* Sets where each line begins. */
static void align(cts_layout *layout, int right_to_left) {
    double top = 0;
    for (size_t i = 0; i < layout->line_count; i++) layout->width = fmax(layout->width, layout->lines[i].width);
    for (size_t i = 0; i < layout->line_count; i++) {
        cts_line *line = &layout->lines[i];
        double room = layout->width - line->width;
        switch (layout->block->align) {
        case CTS_CENTER: line->x = room / 2; break;
        case CTS_LEFT: line->x = 0; break;
        case CTS_RIGHT: line->x = room; break;
        case CTS_END: line->x = right_to_left ? 0 : room; break;
        case CTS_START: case CTS_JUSTIFY: line->x = right_to_left ? room : 0; break;
        }
        line->top = top;
        line->baseline += top;
        top += line->height;
    }
    layout->height = top;
}

/* Pango counts in 1024ths in `int`: text too long or too large for that is laid out smaller, and drawn larger. */
static double unit_for(const cts_block *block) {
    double em = 0;
    for (size_t i = 0; i < block->run_count; i++) {
        const cts_run *run = &block->runs[i];
        em += (double)(run->length + 1) * (run->size * 2 + fabs(run->letter_spacing));
    }
    const double most = INT_MAX / 4.0;
    return em * PANGO_SCALE > most ? most / em : PANGO_SCALE;
}

/* Returns the direction of the first letter, which is that of the whole block. */
static PangoDirection direction_of(const char *text, size_t length) {
    hb_unicode_funcs_t *unicode = hb_unicode_funcs_get_default();
    for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == 0x200E) return PANGO_DIRECTION_LTR;                   /* marks that say so */
        if (c == 0x200F || c == 0x061C) return PANGO_DIRECTION_RTL;
        if (!g_unichar_isalpha(c)) continue;
        hb_direction_t direction = hb_script_get_horizontal_direction(hb_unicode_script(unicode, c));
        return direction == HB_DIRECTION_RTL ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR;
    }
    return PANGO_DIRECTION_LTR;
}

static int lay_out(cts_layout *layout) {
    const cts_block *block = layout->block;
    PangoContext *context = layout->context->pango;
    PangoDirection direction = block->direction == CTS_LEFT_TO_RIGHT ? PANGO_DIRECTION_LTR
        : block->direction == CTS_RIGHT_TO_LEFT ? PANGO_DIRECTION_RTL
        : direction_of(block->text, block->length);
    pango_context_set_base_dir(context, direction);
    pango_context_set_language(context, pango_language_from_string(block->language ? block->language : "en"));
    layout->unit = unit_for(block);
    layout->shrink = 1;
    int status = cts_metrics_read(layout);
    if (status || !block->run_count) return status;
    layout->whole = cts_shape(layout, 0, block->length, "");
    pango_layout_set_wrap(layout->whole, PANGO_WRAP_WORD_CHAR);
    if (block->shrinks) shrink(layout);
    if (block->max_width > 0 && (block->wraps || block->ellipsis)) {
        set_width(layout, layout->whole, block->max_width / layout->shrink);
        if (!block->wraps) pango_layout_set_ellipsize(layout->whole, PANGO_ELLIPSIZE_END);
    }
    if (block->align == CTS_JUSTIFY) pango_layout_set_justify(layout->whole, TRUE);
    status = collect_lines(layout);
    if (status) return status;
    align(layout, direction == PANGO_DIRECTION_RTL);
    return cts_parts_find(layout);
}

int cts_layout_create(cts_set *set, const cts_block *block, cts_layout **result) {
    *result = NULL;
    size_t length = 0;
    for (size_t i = 0; i < block->run_count; i++) length += block->runs[i].length;
    if (length != block->length || length > INT_MAX / 8) return CTS_WRONG;
    cts_layout *layout = calloc(1, sizeof *layout);
    if (!layout) return CTS_NO_MEMORY;
    layout->set = set;
    layout->block = block;
    layout->starts = calloc(block->run_count + 1, sizeof *layout->starts);
    layout->context = cts_context_take(set);
    int status = layout->starts && layout->context ? CTS_OK : CTS_NO_MEMORY;
    for (size_t i = 0; i < block->run_count && !status; i++)
        layout->starts[i + 1] = layout->starts[i] + block->runs[i].length;
    if (!status) status = lay_out(layout);
    if (status) {
        cts_layout_free(layout);
        return status;
    }
    *result = layout;
    return CTS_OK;
}

void cts_layout_free(cts_layout *layout) {
    if (!layout) return;
    if (layout->whole) g_object_unref(layout->whole);
    if (layout->last) g_object_unref(layout->last);
    cts_context_give(layout->set, layout->context);
    free(layout->metrics);
    free(layout->starts);
    free(layout->lines);
    free(layout->parts);
    free(layout);
}
#endif
