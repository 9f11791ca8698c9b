/* SPDX-License-Identifier: Apache-2.0 */
/* Text: sets of fonts, layout and drawing, by fontconfig, HarfBuzz, Pango and cairo. Their structs stay behind this header.

   Lengths are pixels, y runs downwards, colours are sRGB with straight alpha. Where nothing else is said, a function
   returns CTS_OK or a negative code below, and does not block. */
#ifndef CTEXTSHIM_H
#define CTEXTSHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    CTS_OK = 0,
    CTS_NO_MEMORY = -1,
    CTS_NO_FILE = -2,          /* it cannot be opened; errno says why */
    CTS_NOT_REGULAR = -3,      /* a folder, a pipe, … */
    CTS_TOO_LARGE = -4,        /* a file of more than CTS_MOST_FONT_BYTES */
    CTS_WEB_FONT = -5,         /* WOFF or WOFF2, which HarfBuzz does not read */
    CTS_NOT_A_FONT = -6,       /* neither TrueType nor OpenType, or damaged */
    CTS_NO_BUNDLED_FONT = -7,  /* the bundled fonts could not be handed to fontconfig */
    CTS_DAMAGED_GLYPHS = -8,   /* a font's outlines cannot be drawn */
    CTS_WRONG = -9,            /* an argument is out of its range */
    CTS_UNKNOWN_FONT = -10,    /* no font of the set could be loaded for a run */
    CTS_TOO_MANY = -11,        /* the files together have more than CTS_MOST_FONT_BYTES_TOGETHER */
    CTS_NO_SCRIPT = -12,       /* what is to be an ASS file has neither styles nor events */
    CTS_TOO_INTRICATE = -13,   /* a frame of an ASS file has too many images, or too large ones */
};

enum { CTS_MOST_FONT_BYTES = 64 << 20, CTS_MOST_FONT_BYTES_TOGETHER = 256 << 20, CTS_COVERAGE_WORDS = 0x110000 / 64 };

/* ---- Sets of fonts (set.c) ---------- */

/* A closed set of fonts: the given files, the bundled family, a colour emoji font, and the system's if wanted. Never changes;
   may be used by many threads at once. */
typedef struct cts_set cts_set;

/* A font file, and the family that it gets instead of its own names; NULL keeps those. */
typedef struct {
    const char *path, *family;
} cts_file;

/* Opens a set. Copies given files and reads all fonts' tables, so it blocks on the disk; the files may change afterwards. A given file's family takes the place of the bundled one and
   of the system's of that name. Of a failure that concerns one file, `failed` is its index. Free it with cts_set_free(). */
int cts_set_open(const cts_file *files, size_t count, int system_fonts, size_t *failed, cts_set **set);
void cts_set_free(cts_set *set);

/* The name of the bundled family, and of its version; static. */
const char *cts_bundled_family(void);
const char *cts_bundled_version(void);

/* The families' names, each once; they belong to the set. */
size_t cts_set_family_count(const cts_set *set);
const char *cts_set_family(const cts_set *set, size_t index);

/* What one face of a family can do. Weights are CSS's, 1…1000; `low` and `high` differ in variable fonts. */
typedef struct {
    size_t family;     /* an index into the names above */
    int italic;
    double low, high;
} cts_style;
size_t cts_set_style_count(const cts_set *set);
cts_style cts_set_style(const cts_set *set, size_t index);

/* The emoji font's file and family; NULL if there is none. They belong to the set. */
const char *cts_set_emoji(const cts_set *set);
const char *cts_set_emoji_family(const cts_set *set);

/* One bit for each code point that some font has a glyph for: bit c % 64 of word c / 64. Private use counts only where a given
   file has it. It belongs to the set. */
const uint64_t *cts_set_coverage(const cts_set *set);

/* Returns whether some face of a family has a glyph for a character. The name is UTF-8, in any case of letters. */
int cts_set_family_has(const cts_set *set, const char *family, uint32_t character);

/* Returns the character that HarfBuzz draws in the place of both; 0 if they do not compose. */
uint32_t cts_compose(uint32_t first, uint32_t second);

/* ---- Blocks of text ---------- */

typedef struct {
    double at;
    uint8_t red, green, blue, alpha;
} cts_stop;

/* One stop is a colour. More are a gradient over the whole block's box, at an angle as in CSS: 0 upwards, 90 to the right. */
typedef struct {
    const cts_stop *stops;
    size_t count;
    double angle;
} cts_paint;

/* A box behind text. It is absent without a paint. */
typedef struct {
    cts_paint paint;
    double padding_x, padding_y, radius;
} cts_box;

typedef struct {
    double x, y, blur;   /* the blur's standard deviation is half of `blur` */
    cts_stop color;
} cts_shadow;

typedef struct {
    size_t length;              /* bytes of the block's text */
    const char *families;       /* names between commas, the first one is of the set */
    int weight;                 /* 1…1000 */
    double width;               /* percent */
    int italic;
    double size, letter_spacing;
    const char *features;       /* OpenType features as Pango and CSS write them; NULL if none */
    const char *variations;     /* "wght=430,wdth=80"; NULL if none */
    int underline, strikethrough;
    cts_paint fill;
    double stroke;              /* what is seen of it outside the letters; 0 for none */
    cts_paint stroke_paint;
    cts_box box;
    double scale;               /* drawn so much larger about the middle of its own box */
    double sweep;               /* the fraction of the run, in reading direction, that has the paint below */
    cts_paint sweep_paint;
} cts_run;

enum cts_align { CTS_START, CTS_CENTER, CTS_END, CTS_LEFT, CTS_RIGHT, CTS_JUSTIFY };
enum cts_direction { CTS_AUTO, CTS_LEFT_TO_RIGHT, CTS_RIGHT_TO_LEFT };

typedef struct {
    const char *text;           /* valid UTF-8 without NUL; the runs' lengths add up to its length */
    size_t length;
    const cts_run *runs;
    size_t run_count;
    enum cts_align align;
    enum cts_direction direction;
    const char *language;       /* BCP 47; NULL for none */
    double max_width, max_height;   /* 0 for none */
    int max_lines;                  /* 0 for none */
    int wraps, ellipsis, shrinks;
    double line_height;         /* multiple of the size; 0 for the fonts' own */
    const cts_shadow *shadows;  /* the first is on top */
    size_t shadow_count;
    cts_box background;
    int background_per_line;
} cts_block;

/* ---- Layout (layout.c) ---------- */

typedef struct {
    double x, y, width, height;
} cts_rectangle;

typedef struct {
    double width, height;           /* the logical box, from font metrics */
    cts_rectangle bounds;           /* all that may be painted, relative to the box */
    double overflow_x, overflow_y;  /* by how much the box exceeds the limits */
    double scale;                   /* of shrinking; 1 if nothing was shrunk */
    int is_truncated;               /* text is left out, or an ellipsis stands for it */
    size_t line_count, part_count;
} cts_layout_info;

typedef struct {
    cts_rectangle box;
    double baseline;                /* from the block's top */
    size_t start, length;           /* bytes of the text */
    int right_to_left;
} cts_line_info;

/* A part of a run on one line. */
typedef struct {
    size_t run, line;
    size_t start;      /* its first byte, for the reading order */
    cts_rectangle box;
} cts_part_info;

/* A block that is laid out. It holds pieces of the set that belong to it alone, so one thread at a time may use it. */
typedef struct cts_layout cts_layout;

/* Lays a block out. Checks that lengths fit together, not the values' ranges. The set and the block must outlive the
   layout; free it with cts_layout_free(). */
int cts_layout_create(cts_set *set, const cts_block *block, cts_layout **layout);
void cts_layout_free(cts_layout *layout);

cts_layout_info cts_layout_info_of(const cts_layout *layout);
cts_line_info cts_layout_line(const cts_layout *layout, size_t index);
cts_part_info cts_layout_part(const cts_layout *layout, size_t index);

/* ---- Drawing (draw.c) ---------- */

/* Pixels in rows: 0xAARRGGBB in the machine's byte order, premultiplied, in sRGB's encoding. */
typedef struct cts_picture cts_picture;

/* Draws a layout over transparency. The box's top left lies at (x, y), and everything is `scale` times as large. Checks
   the numbers. Free the picture with cts_picture_free(). */
int cts_layout_draw(cts_layout *layout, double x, double y, double scale, int width, int height, cts_picture **picture);
void cts_picture_free(cts_picture *picture);

/* The first pixel of the first row, and the distance between rows in bytes. They belong to the picture. */
const uint32_t *cts_picture_pixels(const cts_picture *picture, ptrdiff_t *stride);

#ifdef __cplusplus
}
#endif

#include "cts_script.h"
#endif
