/* SPDX-License-Identifier: Apache-2.0 */
/* A block's text as Pango is to shape it. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <math.h>
#include <string.h>

/* Adds an attribute for some bytes; the list owns it then. */
static void add(PangoAttrList *list, PangoAttribute *attribute, size_t from, size_t to) {
    attribute->start_index = (guint)from;
    attribute->end_index = (guint)to;
    pango_attr_list_insert(list, attribute);
}

static int same_text(const char *a, const char *b) { return !strcmp(a ? a : "", b ? b : ""); }

/* Whether two runs have the same letters. */
static int same_shape(const cts_run *a, const cts_run *b) {
    return cts_same_font(a, b) && a->letter_spacing == b->letter_spacing && same_text(a->features, b->features);
}

/* Adds a run's font, in pieces: Pango shapes what remains of a piece again for each line, which takes forever in a long one.
   The pieces end with spaces where there are some. */
static void add_font(const cts_layout *layout, const cts_run *run, PangoAttrList *list, const GString *text, size_t from,
                     size_t to) {
    enum { LONGEST = 1024 };
    PangoFontDescription *font = cts_describe(layout, run, 1);
    while (from < to) {
        size_t end = to;
        if (to - from > LONGEST) {
            end = from + LONGEST;
            while (end > from && text->str[end - 1] != ' ') end--;
            if (end == from) {
                end = from + LONGEST;
                while (end < to && (text->str[end] & 0xC0) == 0x80) end++;   /* not inside a character */
            }
        }
        add(list, pango_attr_font_desc_new(font), from, end);
        from = end;
    }
    pango_font_description_free(font);
}

PangoLayout *cts_shape(const cts_layout *layout, size_t from, size_t to, const char *tail) {
    const cts_block *block = layout->block;
    PangoLayout *pango = pango_layout_new(layout->context->pango);
    GString *text = g_string_new_len(block->text + from, (gssize)(to - from));
    g_string_append(text, tail);
    PangoAttrList *list = pango_attr_list_new();
    for (size_t i = 0, next; i < block->run_count; i = next) {
        /* Runs that differ in colour alone are shaped as one: letters are joined and kerned over their boundaries. */
        for (next = i + 1; next < block->run_count && same_shape(&block->runs[i], &block->runs[next]); next++) {}
        const cts_run *run = &block->runs[i];
        size_t start = layout->starts[i], end = layout->starts[next];
        if (end <= from || start >= to || start == end) continue;
        start = start < from ? 0 : start - from;
        end = end >= to ? text->len : end - from;
        add_font(layout, run, list, text, start, end);
        if (run->letter_spacing != 0)
            add(list, pango_attr_letter_spacing_new((int)lrint(run->letter_spacing * layout->unit)), start, end);
        if (run->features) add(list, pango_attr_font_features_new(run->features), start, end);
    }
    for (size_t i = 0; i < block->run_count; i++) {
        size_t start = layout->starts[i], end = layout->starts[i + 1];
        if (end <= from || start >= to || start == end) continue;
        /* Colours divide what was shaped as one, so each run has one of its own. */
        add(list, pango_attr_foreground_new((guint16)(i >> 16), (guint16)i, 0), start < from ? 0 : start - from,
            end >= to ? text->len : end - from);
    }
    pango_layout_set_text(pango, text->str, (int)text->len);
    pango_layout_set_attributes(pango, list);
    pango_layout_set_auto_dir(pango, FALSE);
    pango_attr_list_unref(list);
    g_string_free(text, TRUE);
    return pango;
}
#endif
