/* SPDX-License-Identifier: Apache-2.0 */
/* The chosen fonts, and their measures: a line's height follows from these alone, whatever letters stand in it. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <hb-ot.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pango has nine widths, and variable fonts any: those get the axis besides. */
static PangoStretch stretch(double percent) {
    static const double widths[] = {50, 62.5, 75, 87.5, 100, 112.5, 125, 150, 200};
    int best = 0;
    for (int i = 1; i < 9; i++)
        if (fabs(widths[i] - percent) < fabs(widths[best] - percent)) best = i;
    return (PangoStretch)(PANGO_STRETCH_ULTRA_CONDENSED + best);
}

PangoFontDescription *cts_describe(const cts_layout *layout, const cts_run *run, int all) {
    PangoFontDescription *font = pango_font_description_new();
    GString *families = g_string_new(NULL);
    for (const char *name = run->families; *name; name += strspn(name, ",")) {   /* from comma to comma */
        size_t length = strcspn(name, ",");
        g_string_append_printf(families, "%s" CTS_FAMILY_MARK, families->len ? "," : "");
        g_string_append_len(families, name, (gssize)length);
        name += length;
        if (!all) break;
    }
    pango_font_description_set_family(font, families->str);
    g_string_free(families, TRUE);
    pango_font_description_set_weight(font, (PangoWeight)run->weight);
    pango_font_description_set_stretch(font, stretch(run->width));
    pango_font_description_set_style(font, run->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_font_description_set_absolute_size(font, run->size * layout->unit);
    if (run->variations) pango_font_description_set_variations(font, run->variations);
    return font;
}

static double measure(hb_font_t *font, hb_ot_metrics_tag_t tag, double unit, double otherwise) {
    hb_position_t value;
    return hb_ot_metrics_get_position(font, tag, &value) ? value / unit : otherwise;
}

static int read_one(const cts_layout *layout, const cts_run *run, cts_metrics *metrics) {
    PangoFontDescription *description = cts_describe(layout, run, 0);
    PangoFont *font = pango_context_load_font(layout->context->pango, description);
    pango_font_description_free(description);
    if (!font) return CTS_UNKNOWN_FONT;
    hb_font_t *hb = pango_font_get_hb_font(font);
    hb_font_extents_t extents;
    double unit = layout->unit, size = run->size;
    *metrics = (cts_metrics){.ascent = size, .descent = size / 4};
    if (hb_font_get_h_extents(hb, &extents) && extents.ascender > extents.descender) {
        metrics->ascent = extents.ascender / unit;
        metrics->descent = -extents.descender / unit;
        metrics->gap = fmax(0, extents.line_gap / unit);
    }
    metrics->underline = -measure(hb, HB_OT_METRICS_TAG_UNDERLINE_OFFSET, unit, -size / 8);
    metrics->underline_width = fabs(measure(hb, HB_OT_METRICS_TAG_UNDERLINE_SIZE, unit, size / 16));
    metrics->strikethrough = measure(hb, HB_OT_METRICS_TAG_STRIKEOUT_OFFSET, unit, size / 3);
    metrics->strikethrough_width = fabs(measure(hb, HB_OT_METRICS_TAG_STRIKEOUT_SIZE, unit, size / 16));
    g_object_unref(font);
    return CTS_OK;
}

int cts_same_font(const cts_run *a, const cts_run *b) {
    if (a->weight != b->weight || a->width != b->width || a->italic != b->italic || a->size != b->size) return 0;
    const char *x = a->variations ? a->variations : "", *y = b->variations ? b->variations : "";
    return !strcmp(a->families, b->families) && !strcmp(x, y);
}

int cts_metrics_read(cts_layout *layout) {
    const cts_block *block = layout->block;
    layout->metrics = calloc(block->run_count, sizeof *layout->metrics);
    if (!layout->metrics) return CTS_NO_MEMORY;
    for (size_t i = 0; i < block->run_count; i++) {
        if (i && cts_same_font(&block->runs[i], &block->runs[i - 1])) {
            layout->metrics[i] = layout->metrics[i - 1];
            continue;
        }
        int status = read_one(layout, &block->runs[i], &layout->metrics[i]);
        if (status) return status;
    }
    return CTS_OK;
}
#endif
