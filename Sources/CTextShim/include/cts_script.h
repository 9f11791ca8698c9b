/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts: ASS files in their own styles, by libass, whose structs stay behind this header. Included by CTextShim.h. */
#ifndef CTS_SCRIPT_H
#define CTS_SCRIPT_H

#include "CTextShim.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most lines of libass's that a script keeps, and the most bytes of one. */
enum { CTS_MOST_LINES = 32, CTS_LINE_BYTES = 240 };

/* A script. One thread at a time may use it; different ones may be used at once. */
typedef struct cts_script cts_script;

/* An event as libass reads it. The texts belong to the script. */
typedef struct {
    int64_t start, length;      /* milliseconds */
    int layer, left, right, vertical;
    size_t style;               /* an index into the styles below */
    const char *name, *effect, *text;
} cts_event;

/* libass's version as it counts it, for keys of what was drawn with it. */
int cts_script_library_version(void);

/* Reads a script from text in UTF-8, which is copied. Files embedded in it are left alone. Does not block. Free it with
   cts_script_free(). */
int cts_script_open(const char *text, size_t size, cts_script **script);
void cts_script_free(cts_script *script);

size_t cts_script_event_count(const cts_script *script);
cts_event cts_script_event(const cts_script *script, size_t index);

/* A style as libass reads it, in the script's pixels; scales are 1 for the usual size. The texts belong to the script. */
typedef struct {
    const char *name, *font;
    double size, scale_x, scale_y, spacing, angle, outline, blur;
} cts_script_style;

/* Of styles with the same name the last one counts. The first is libass's own, for events whose style is not there. */
size_t cts_script_style_count(const cts_script *script);
cts_script_style cts_script_style_at(const cts_script *script, size_t index);

/* The size of the picture that the script's sizes are meant for; each is 0 if it does not say. */
int cts_script_width(const cts_script *script);
int cts_script_height(const cts_script *script);

/* Gives the script its fonts and its canvas, once. The fonts are those of the set but for the emoji font: the given files, the
   bundled family, and the system's if the set has them. They are copied, so the set need not outlive the script. Blocks on the
   disk where the set has no copies of its files. */
int cts_script_prepare(cts_script *script, const cts_set *set, int width, int height);

/* Lets the script be shown at a time without drawing it, so that lines that follow keep clear of those that are there already. */
int cts_script_pass(cts_script *script, int64_t milliseconds);
/* Forgets which lines lie where. */
void cts_script_forget(cts_script *script);

/* Draws what is shown at a time. `has_changed` is 0 if that is what the last call drew. Both sides of the canvas times each
   other are at most 1 << 27. After a failure the next call draws anew. */
int cts_script_draw(cts_script *script, int64_t milliseconds, int *has_changed);

/* The canvas, premultiplied 0xAARRGGBB in the machine's byte order, and the distance between rows in bytes; until the next call
   that draws, it belongs to the script. NULL before the first. */
const uint32_t *cts_script_pixels(const cts_script *script, ptrdiff_t *stride);

/* Returns the oldest line that libass wrote and that was not taken, and takes it; NULL if there is none. It belongs to the
   script until the next call. Warnings and errors are kept, CTS_MOST_LINES of them at a time, others are not. */
const char *cts_script_line(cts_script *script);

#ifdef __cplusplus
}
#endif
#endif
