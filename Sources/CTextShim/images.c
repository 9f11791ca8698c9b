/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of glyphs: emoji are PNG files inside of a font. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <hb-ot.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 64, LONGEST_SIDE = 2048 };

typedef struct {
    const hb_face_t *face;   /* only compared */
    hb_codepoint_t glyph;
    cairo_surface_t *surface;
    unsigned used;
} image;

struct cts_images {
    image kept[KEPT];
    unsigned clock;
};

struct cts_images *cts_images_create(void) { return calloc(1, sizeof(struct cts_images)); }

void cts_images_free(struct cts_images *images) {
    if (!images) return;
    for (int i = 0; i < KEPT; i++)
        if (images->kept[i].surface) cairo_surface_destroy(images->kept[i].surface);
    free(images);
}

int cts_glyph_is_image(hb_font_t *font, hb_codepoint_t glyph) {
    if (!hb_ot_color_has_png(hb_font_get_face(font))) return 0;
    hb_blob_t *png = hb_ot_color_glyph_reference_png(font, glyph);
    unsigned length = hb_blob_get_length(png);
    hb_blob_destroy(png);
    return length > 0;
}

int cts_glyph_is_layers(hb_font_t *font, hb_codepoint_t glyph) {
    hb_face_t *face = hb_font_get_face(font);
    return hb_ot_color_has_layers(face) && hb_ot_color_glyph_get_layers(face, glyph, 0, NULL, NULL) > 0;
}

typedef struct { const unsigned char *bytes; size_t left; } reader;

static cairo_status_t read_bytes(void *data, unsigned char *to, unsigned length) {
    reader *from = data;
    if (length > from->left) return CAIRO_STATUS_READ_ERROR;
    memcpy(to, from->bytes, length);
    from->bytes += length;
    from->left -= length;
    return CAIRO_STATUS_SUCCESS;
}

static unsigned number(const unsigned char *at) {
    return (unsigned)at[0] << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 | at[3];
}

/* Whether a PNG's header promises a picture of a bearable size. */
static int is_bearable(const unsigned char *bytes, unsigned length) {
    enum { HEADER = 24 };   /* the signature, and IHDR up to the height */
    if (length < HEADER) return 0;
    unsigned width = number(bytes + 16), height = number(bytes + 20);
    return width > 0 && height > 0 && width <= LONGEST_SIDE && height <= LONGEST_SIDE;
}

static cairo_surface_t *decode(hb_font_t *font, hb_codepoint_t glyph) {
    hb_blob_t *png = hb_ot_color_glyph_reference_png(font, glyph);
    unsigned length;
    const unsigned char *bytes = (const unsigned char *)hb_blob_get_data(png, &length);
    cairo_surface_t *surface = NULL;
    if (bytes && is_bearable(bytes, length)) {
        reader from = {bytes, length};
        surface = cairo_image_surface_create_from_png_stream(read_bytes, &from);
        if (cairo_surface_status(surface)) {
            cairo_surface_destroy(surface);
            surface = NULL;
        }
    }
    hb_blob_destroy(png);
    return surface;
}

cairo_surface_t *cts_image_of(struct cts_images *images, hb_font_t *font, hb_codepoint_t glyph) {
    const hb_face_t *face = hb_font_get_face(font);
    image *oldest = &images->kept[0];
    images->clock++;
    for (int i = 0; i < KEPT; i++) {
        image *kept = &images->kept[i];
        if (kept->surface && kept->face == face && kept->glyph == glyph) {
            kept->used = images->clock;
            return kept->surface;
        }
        if (kept->used < oldest->used) oldest = kept;
    }
    cairo_surface_t *surface = decode(font, glyph);
    if (!surface) return NULL;
    if (oldest->surface) cairo_surface_destroy(oldest->surface);
    *oldest = (image){face, glyph, surface, images->clock};
    return surface;
}
#endif
