/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts: what libass reads, and when it draws. Every script has a library of its own, so threads share nothing. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no libass */
#include "script.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIXELS = 1 << 27, LONGEST_SIDE = 32000, MOST_GLYPHS = 4000, CACHE_MEGABYTES = 48, WARNING = 2 };

static void keep_line(int level, const char *format, va_list arguments, void *context) {
    cts_script *script = context;
    if (level > WARNING || script->line_count == CTS_MOST_LINES) return;
    char *line = script->lines[(script->first_line + script->line_count) % CTS_MOST_LINES];
    if (vsnprintf(line, CTS_LINE_BYTES, format, arguments) > 0) script->line_count++;
}

const char *cts_script_line(cts_script *script) {
    if (!script->line_count) return NULL;
    const char *line = script->lines[script->first_line];
    script->first_line = (script->first_line + 1) % CTS_MOST_LINES;
    script->line_count--;
    return line;
}

int cts_script_library_version(void) { return ass_library_version(); }

int cts_script_open(const char *text, size_t size, cts_script **result) {
    *result = NULL;
    if (size > INT_MAX) return CTS_TOO_LARGE;
    cts_script *script = calloc(1, sizeof *script);
    char *copy = malloc(size + 1);   /* libass asks for memory that it might write to */
    if (!script || !copy || !(script->library = ass_library_init())) {
        free(copy);
        cts_script_free(script);
        return CTS_NO_MEMORY;
    }
    memcpy(copy, text, size);
    copy[size] = 0;
    ass_set_message_cb(script->library, keep_line, script);
    ass_set_extract_fonts(script->library, 0);
    script->track = ass_read_memory(script->library, copy, size, NULL);
    free(copy);
    if (!script->track) {
        cts_script_free(script);
        return CTS_NO_SCRIPT;
    }
    *result = script;
    return CTS_OK;
}

void cts_script_free(cts_script *script) {
    if (!script) return;
    if (script->renderer) ass_renderer_done(script->renderer);
    if (script->track) ass_free_track(script->track);
    if (script->library) ass_library_done(script->library);
    free(script->pixels);
    free(script);
}

size_t cts_script_event_count(const cts_script *script) {
    return script->track->n_events > 0 ? (size_t)script->track->n_events : 0;
}

static const char *or_empty(const char *text) { return text ? text : ""; }

cts_event cts_script_event(const cts_script *script, size_t index) {
    const ASS_Track *track = script->track;
    const ASS_Event *event = &track->events[index];
    size_t style = event->Style >= 0 && event->Style < track->n_styles ? (size_t)event->Style : 0;
    return (cts_event){event->Start, event->Duration, event->Layer, event->MarginL, event->MarginR, event->MarginV,
                       style, or_empty(event->Name), or_empty(event->Effect), or_empty(event->Text)};
}

size_t cts_script_style_count(const cts_script *script) {
    return script->track->n_styles > 0 ? (size_t)script->track->n_styles : 0;
}

cts_script_style cts_script_style_at(const cts_script *script, size_t index) {
    const ASS_Style *style = &script->track->styles[index];
    return (cts_script_style){or_empty(style->Name), or_empty(style->FontName), style->FontSize, style->ScaleX, style->ScaleY,
                              style->Spacing, style->Angle, style->Outline, style->Blur};
}

int cts_script_width(const cts_script *script) { return script->track->PlayResX > 0 ? script->track->PlayResX : 0; }
int cts_script_height(const cts_script *script) { return script->track->PlayResY > 0 ? script->track->PlayResY : 0; }

int cts_script_prepare(cts_script *script, const cts_set *set, int width, int height) {
    if (script->renderer || width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE
        || (int64_t)width * height > MOST_PIXELS) return CTS_WRONG;
    int status = cts_script_add_fonts(script, set);
    if (status) return status;
    script->renderer = ass_renderer_init(script->library);
    if (!script->renderer) return CTS_NO_MEMORY;
    script->width = width;
    script->height = height;
    script->is_stale = 1;
    ass_set_frame_size(script->renderer, width, height);
    ass_set_storage_size(script->renderer, width, height);
    ass_set_cache_limits(script->renderer, MOST_GLYPHS, CACHE_MEGABYTES);
    ass_set_fonts(script->renderer, NULL, cts_bundled_family(),
                  set->has_system ? ASS_FONTPROVIDER_AUTODETECT : ASS_FONTPROVIDER_NONE, NULL, 1);
    return CTS_OK;
}

int cts_script_pass(cts_script *script, int64_t milliseconds) {
    if (!script->renderer) return CTS_WRONG;
    ass_render_frame(script->renderer, script->track, milliseconds, NULL);
    script->is_stale = 1;
    return CTS_OK;
}

void cts_script_forget(cts_script *script) {
    if (!script->renderer) return;
    /* Another size and back: what libass knows of lines holds for one configuration. */
    ass_set_frame_size(script->renderer, script->width + 1, script->height);
    ass_set_frame_size(script->renderer, script->width, script->height);
    script->is_stale = 1;
}

int cts_script_draw(cts_script *script, int64_t milliseconds, int *has_changed) {
    *has_changed = 1;
    if (!script->renderer) return CTS_WRONG;
    int change = 0;
    const ASS_Image *images = ass_render_frame(script->renderer, script->track, milliseconds, &change);
    if (!change && !script->is_stale) {
        *has_changed = 0;
        return CTS_OK;
    }
    int status = cts_script_blend(script, images);
    script->is_stale = status != CTS_OK;
    return status;
}

const uint32_t *cts_script_pixels(const cts_script *script, ptrdiff_t *stride) {
    *stride = (ptrdiff_t)script->width * (ptrdiff_t)sizeof *script->pixels;
    return script->pixels;
}
#endif
