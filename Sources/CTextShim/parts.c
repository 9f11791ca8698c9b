/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of runs on lines, what they cover, and what a block may paint. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

cts_rectangle cts_union(cts_rectangle a, cts_rectangle b) {
    if (a.width <= 0 || a.height <= 0) return b;
    if (b.width <= 0 || b.height <= 0) return a;
    double left = fmin(a.x, b.x), top = fmin(a.y, b.y);
    double right = fmax(a.x + a.width, b.x + b.width), bottom = fmax(a.y + a.height, b.y + b.height);
    return (cts_rectangle){left, top, right - left, bottom - top};
}

static cts_rectangle grown(cts_rectangle box, double x, double y) {
    return (cts_rectangle){box.x - x, box.y - y, box.width + 2 * x, box.height + 2 * y};
}

cts_rectangle cts_part_box(const cts_layout *layout, const cts_part *part) {
    const cts_metrics *metrics = &layout->metrics[part->run];
    double baseline = layout->lines[part->line].baseline;
    return (cts_rectangle){part->x, baseline - metrics->ascent, part->width, metrics->ascent + metrics->descent};
}

cts_rectangle cts_part_underline(const cts_layout *layout, const cts_part *part) {
    if (!layout->block->runs[part->run].underline) return (cts_rectangle){0, 0, 0, 0};
    const cts_metrics *metrics = &layout->metrics[part->run];
    double middle = layout->lines[part->line].baseline + metrics->underline;
    return (cts_rectangle){part->x, middle - metrics->underline_width / 2, part->width, metrics->underline_width};
}

cts_rectangle cts_part_strikethrough(const cts_layout *layout, const cts_part *part) {
    if (!layout->block->runs[part->run].strikethrough) return (cts_rectangle){0, 0, 0, 0};
    const cts_metrics *metrics = &layout->metrics[part->run];
    double middle = layout->lines[part->line].baseline - metrics->strikethrough;
    return (cts_rectangle){
        part->x, middle - metrics->strikethrough_width / 2, part->width, metrics->strikethrough_width};
}

static cts_part *new_part(cts_layout *layout) {
    size_t count = layout->part_count;
    if (!(count & (count - 1))) {   /* full at each power of two */
        cts_part *parts = realloc(layout->parts, (count ? count * 2 : 1) * sizeof *parts);
        if (!parts) return NULL;
        layout->parts = parts;
    }
    layout->parts[count] = (cts_part){0};
    layout->part_count++;
    return &layout->parts[count];
}

/* Divides a line into parts, in visual order. */
static int divide(cts_layout *layout, size_t index) {
    const cts_line *line = &layout->lines[index];
    double x = line->x;
    cts_part *part = NULL;
    for (GSList *l = line->line->runs; l; l = l->next) {
        const PangoGlyphItem *item = l->data;
        size_t byte = line->shift + (size_t)item->item->offset;
        size_t run = cts_run_at(layout, byte < layout->block->length ? byte : layout->block->length - 1);
        int right_to_left = item->item->analysis.level & 1;
        if (!part || part->run != run || part->right_to_left != right_to_left) {
            if (!(part = new_part(layout))) return CTS_NO_MEMORY;
            *part = (cts_part){.run = run, .line = index, .items = l, .right_to_left = right_to_left, .start = byte, .x = x};
        }
        if (byte < part->start) part->start = byte;
        PangoRectangle ink, logical;
        pango_glyph_string_extents(item->glyphs, item->item->analysis.font, &ink, &logical);
        double unit = layout->unit, width = pango_glyph_string_get_width(item->glyphs) / unit;
        cts_rectangle covered = {x + ink.x / unit, line->baseline + ink.y / unit, ink.width / unit, ink.height / unit};
        part->ink = cts_union(part->ink, covered);
        part->count++;
        part->width += width;
        x += width;
    }
    return CTS_OK;
}

static int by_reading(const void *a, const void *b) {
    const cts_part *x = *(const cts_part *const *)a, *y = *(const cts_part *const *)b;
    if (x->run != y->run) return x->run < y->run ? -1 : 1;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Distributes each run's sweep over its parts, in the order in which they are read. */
static int sweep(cts_layout *layout) {
    int any = 0;
    for (size_t i = 0; i < layout->block->run_count; i++) any |= layout->block->runs[i].sweep > 0;
    if (!any) return CTS_OK;
    size_t count = layout->part_count;
    cts_part **order = calloc(count ? count : 1, sizeof(cts_part *));
    if (!order) return CTS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) order[i] = &layout->parts[i];
    qsort(order, count, sizeof *order, by_reading);
    for (size_t i = 0; i < count;) {
        size_t end = i;
        double total = 0;
        while (end < count && order[end]->run == order[i]->run) total += order[end++]->width;
        double left = layout->block->runs[order[i]->run].sweep * total;
        for (; i < end; i++) {
            double width = order[i]->width;
            if (width > 0) order[i]->swept = fmin(fmax(left / width, 0), 1);
            left -= width;
        }
    }
    free(order);
    return CTS_OK;
}

cts_rectangle cts_part_painted(const cts_layout *layout, const cts_part *part) {
    const cts_run *run = &layout->block->runs[part->run];
    cts_rectangle all = cts_union(part->ink, cts_part_underline(layout, part));
    all = cts_union(all, cts_part_strikethrough(layout, part));
    if (all.width <= 0) return all;
    return grown(all, fmax(run->stroke, 0), fmax(run->stroke, 0));
}

cts_rectangle cts_part_scaled(const cts_layout *layout, const cts_part *part, cts_rectangle box) {
    double scale = layout->block->runs[part->run].scale;
    cts_rectangle own = cts_part_box(layout, part);
    double x = own.x + own.width / 2, y = own.y + own.height / 2;
    return (cts_rectangle){x + (box.x - x) * scale, y + (box.y - y) * scale, box.width * scale, box.height * scale};
}

static void find_bounds(cts_layout *layout) {
    const cts_block *block = layout->block;
    cts_rectangle letters = {0, 0, 0, 0}, all = {0, 0, layout->width, layout->height};
    for (size_t i = 0; i < layout->part_count; i++) {
        const cts_part *part = &layout->parts[i];
        const cts_run *run = &block->runs[part->run];
        letters = cts_union(letters, cts_part_scaled(layout, part, cts_part_painted(layout, part)));
        if (run->box.paint.count) {
            cts_rectangle box = grown(cts_part_box(layout, part), run->box.padding_x, run->box.padding_y);
            all = cts_union(all, cts_part_scaled(layout, part, box));
        }
    }
    letters = grown(letters, 1, 1);   /* pictures between pixels */
    layout->letters = letters;
    cts_rectangle cast = letters;
    for (size_t i = 0; i < block->shadow_count; i++) {
        const cts_shadow *shadow = &block->shadows[i];
        double reach = cts_shadow_reach(shadow->blur / 2);
        cts_rectangle box = grown(letters, reach, reach);
        box.x += shadow->x;
        box.y += shadow->y;
        cast = cts_union(cast, box);
    }
    all = cts_union(all, cast);
    if (block->background.paint.count)
        all = cts_union(all, grown((cts_rectangle){0, 0, layout->width, layout->height}, block->background.padding_x,
                                   block->background.padding_y));
    double s = layout->shrink;
    layout->bounds = (cts_rectangle){all.x * s, all.y * s, all.width * s, all.height * s};
}

int cts_parts_find(cts_layout *layout) {
    int status = CTS_OK;
    for (size_t i = 0; i < layout->line_count && !status; i++) status = divide(layout, i);
    if (!status) status = sweep(layout);
    if (!status) find_bounds(layout);
    return status;
}

cts_layout_info cts_layout_info_of(const cts_layout *layout) {
    const cts_block *block = layout->block;
    double width = layout->width * layout->shrink, height = layout->height * layout->shrink;
    const double slack = 0.01;
    double over_x = block->max_width > 0 ? width - block->max_width : 0;
    double over_y = block->max_height > 0 ? height - block->max_height : 0;
    return (cts_layout_info){
        .width = width, .height = height, .bounds = layout->bounds, .overflow_x = over_x > slack ? over_x : 0,
        .overflow_y = over_y > slack ? over_y : 0, .scale = layout->shrink, .is_truncated = layout->is_truncated,
        .line_count = layout->line_count, .part_count = layout->part_count};
}

static cts_rectangle shrunk(const cts_layout *layout, cts_rectangle box) {
    double s = layout->shrink;
    return (cts_rectangle){box.x * s, box.y * s, box.width * s, box.height * s};
}

cts_line_info cts_layout_line(const cts_layout *layout, size_t index) {
    const cts_line *line = &layout->lines[index];
    return (cts_line_info){.box = shrunk(layout, (cts_rectangle){line->x, line->top, line->width, line->height}),
                           .baseline = line->baseline * layout->shrink, .start = line->start, .length = line->length,
                           .right_to_left = line->right_to_left};
}

cts_part_info cts_layout_part(const cts_layout *layout, size_t index) {
    const cts_part *part = &layout->parts[index];
    return (cts_part_info){
        .run = part->run, .line = part->line, .start = part->start, .box = shrunk(layout, cts_part_box(layout, part))};
}
#endif
