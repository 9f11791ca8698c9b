/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations shared by the shim's files. */
#ifndef CTS_INTERNAL_H
#define CTS_INTERNAL_H

#include "CTextShim.h"

#include <cairo.h>
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <hb.h>
#include <pango/pango.h>

enum { CTS_BUNDLED_FILES = 2 };

/* What stands before a family's name in requests to Pango (context.c). */
#define CTS_FAMILY_MARK "set:"

/* Sets `path` to where fontconfig finds a bundled file; it is static. The first call writes the files. */
int cts_bundled_path(int index, const char **path);

/* Returns the contents of a bundled file, and sets their size. They are static. */
const unsigned char *cts_bundled_bytes(int index, size_t *size);

/* ---- Files (files.c) ---------- */

enum { CTS_MEMORY_PATH = 64 };

/* Checks that a file is a font HarfBuzz reads, and not too large. Opens and closes it. */
int cts_check_font(const char *path);

/* Checks a file, and copies it to memory that has the path `place` as long as the descriptor `copy` is open, which is the
   caller's. It is -1 on failure, and where there are no such copies: then the file itself is to be read. Libraries map files
   into memory, and a file that were made shorter then would end the process. */
int cts_font_copy(const char *path, int *copy, char place[CTS_MEMORY_PATH]);

/* Creates a file in memory; -1 if there can be none. Writes to it, and makes it unchangeable and sets its path; 0 if it worked. */
int cts_memory_create(void);
int cts_write_all(int fd, const unsigned char *bytes, size_t size);
int cts_memory_seal(int fd, char path[CTS_MEMORY_PATH]);

/* ---- Contexts (context.c) ---------- */

/* What Pango needs to lay text out with a set's fonts. Pango's objects belong to one thread at a time. */
typedef struct cts_context {
    PangoFontMap *map;
    PangoContext *pango;
    struct cts_images *images;   /* of its fonts' emoji */
    int uses;
    struct cts_context *next;
} cts_context;

/* Takes a context out of the set, or makes one; NULL if out of memory. It must go back by cts_context_give(). */
cts_context *cts_context_take(cts_set *set);
void cts_context_give(cts_set *set, cts_context *context);
void cts_context_free(cts_context *context);

/* Return the set's own fontconfig; and what holds its contexts that nobody uses. */
FcConfig *cts_set_config(const cts_set *set);
struct cts_pool *cts_set_pool(cts_set *set);

struct cts_pool *cts_pool_create(void);
void cts_pool_free(struct cts_pool *pool);

/* ---- Glyphs that are pictures (images.c) ---------- */

/* Decoded pictures of a context's fonts; the ones used last are kept. NULL if out of memory. */
struct cts_images *cts_images_create(void);
void cts_images_free(struct cts_images *images);

/* Returns a glyph's picture; NULL if the glyph has none, or a damaged one. It belongs to `images`, until the next call. */
cairo_surface_t *cts_image_of(struct cts_images *images, hb_font_t *font, hb_codepoint_t glyph);
/* Whether a glyph is a picture, as it is decoded or made of outlines in colours. */
int cts_glyph_is_image(hb_font_t *font, hb_codepoint_t glyph);
int cts_glyph_is_layers(hb_font_t *font, hb_codepoint_t glyph);

/* ---- Layouts ---------- */

/* The chosen font's measures for a run, in pixels of the block's own size. */
typedef struct {
    double ascent, descent, gap;                      /* all positive */
    double underline, underline_width;                /* the line's middle below the baseline */
    double strikethrough, strikethrough_width;        /* the line's middle above the baseline */
} cts_metrics;

typedef struct {
    PangoLayoutLine *line;    /* belongs to its layout */
    size_t shift;             /* its bytes are so many later in the block's text */
    size_t start, length;     /* in the block's text */
    double x, width, top, height, baseline;
    int right_to_left;
} cts_line;

/* Neighbouring glyphs of one run on one line. */
typedef struct {
    size_t run, line;
    GSList *items;            /* the first PangoGlyphItem; `count` follow in visual order */
    int count, right_to_left;
    size_t start;             /* of its text, for the reading order */
    double x, width;          /* from the block's left */
    double swept;             /* the share of it that the run's sweep covers */
    cts_rectangle ink;        /* without stroke and scale */
} cts_part;

struct cts_layout {
    cts_set *set;
    cts_context *context;
    const cts_block *block;
    PangoLayout *whole, *last;   /* `last` is the line that ends with an ellipsis; mostly NULL */
    double unit;                 /* Pango's units per pixel of the block's own size */
    double shrink;
    cts_metrics *metrics;        /* for each run */
    size_t *starts;              /* of each run in the text, and the text's length */
    cts_line *lines;
    cts_part *parts;
    size_t line_count, part_count;
    double width, height;        /* not shrunk */
    cts_rectangle letters;       /* what fills and strokes paint, not shrunk */
    cts_rectangle bounds;        /* all that is painted, shrunk */
    int is_truncated;
};

/* Returns the run to which a byte of the text belongs. */
size_t cts_run_at(const cts_layout *layout, size_t byte);

/* Makes Pango's layout of a part of the text, with `tail` behind it. The caller unrefs it (shape.c). */
PangoLayout *cts_shape(const cts_layout *layout, size_t from, size_t to, const char *tail);

/* Reads the chosen font's measures for all runs (metrics.c). */
int cts_metrics_read(cts_layout *layout);
/* Whether two runs have the same font, size and axes. */
int cts_same_font(const cts_run *a, const cts_run *b);
/* Creates a font description for a run. The caller frees it. `all` is whether it names the other families too. */
PangoFontDescription *cts_describe(const cts_layout *layout, const cts_run *run, int all);

/* Finds the parts and their ink, and what the block may paint (parts.c). */
int cts_parts_find(cts_layout *layout);
/* Return the box of a part; all that it paints, with its stroke and lines; and a box of the part as the run's scale leaves it. */
cts_rectangle cts_part_box(const cts_layout *layout, const cts_part *part);
cts_rectangle cts_part_painted(const cts_layout *layout, const cts_part *part);
cts_rectangle cts_part_scaled(const cts_layout *layout, const cts_part *part, cts_rectangle box);

/* Return the rectangles of a part's underline and strikethrough; no width if it has none. */
cts_rectangle cts_part_underline(const cts_layout *layout, const cts_part *part);
cts_rectangle cts_part_strikethrough(const cts_layout *layout, const cts_part *part);

/* ---- Drawing ---------- */

/* Sets a paint as the source, under the transformation that maps the block's own pixels (paint.c). */
void cts_paint_set(cairo_t *cr, const cts_paint *paint, double width, double height);
int cts_paint_is_solid(const cts_paint *paint);
/* Adds a rectangle with round corners to the path. */
void cts_add_box(cairo_t *cr, cts_rectangle box, double radius);

/* Adds to the path the outlines of a part's glyphs (glyphs.c). Those that are pictures are left out. */
void cts_glyphs_path(const cts_layout *layout, cairo_t *cr, const cts_part *part);
/* Draws the glyphs that are pictures, with the given opacity. */
void cts_glyphs_pictures(const cts_layout *layout, cairo_t *cr, const cts_part *part, double opacity);

/* Returns how far a blur of this standard deviation reaches, in whole pixels (shadow.c). */
int cts_shadow_reach(double sigma);
/* Draws the shadow of `content`, whose top left lies at (x, y) of the target, moved by (dx, dy), onto the target. */
int cts_shadow_draw(cairo_surface_t *target, cairo_surface_t *content, double x, double y, double dx, double dy, double sigma,
                    cts_stop color);

cts_rectangle cts_union(cts_rectangle a, cts_rectangle b);

#endif
