/* SPDX-License-Identifier: Apache-2.0 */
/* The insides of a script. */
#ifndef CTS_SCRIPT_INSIDES_H
#define CTS_SCRIPT_INSIDES_H

#include "set.h"

#include <ass/ass.h>

/* Pixels of the canvas; empty if `right` is not above `left`. */
typedef struct { int left, top, right, bottom; } cts_area;

struct cts_script {
    ASS_Library *library;
    ASS_Track *track;
    ASS_Renderer *renderer;   /* NULL before it is prepared */
    int width, height;
    uint32_t *pixels;         /* NULL before the first drawing */
    cts_area drawn;           /* all of the canvas that is not clear */
    int is_stale;             /* whether libass's last frame is not what is drawn */
    char lines[CTS_MOST_LINES][CTS_LINE_BYTES];
    size_t first_line, line_count;
};

/* Adds the fonts of a set to the script's library, which copies them (script_fonts.c). Blocks where files are read. */
int cts_script_add_fonts(cts_script *script, const cts_set *set);

/* Draws libass's images over a clear canvas (script_draw.c). Checks that they lie inside it, and that there are not too many. */
int cts_script_blend(cts_script *script, const ASS_Image *images);

#endif
