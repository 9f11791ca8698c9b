/* SPDX-License-Identifier: Apache-2.0 */
/* The drawing of libass's images: alpha with a colour each, over each other in their order. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no libass */
#include "script.h"

#include <stdlib.h>
#include <string.h>

/* A line has up to three images, so these are for hundreds of lines of single letters; and how many times the canvas they may
   cover together. */
enum { MOST_IMAGES = 20000, MOST_COVERS = 400 };

static inline uint32_t divided(uint32_t product) {   /* by 255, rounded; right up to 65535 */
    return (product + 128 + ((product + 128) >> 8)) >> 8;
}

/* Draws a colour over a premultiplied pixel. `red`, `green` and `blue` are straight. */
static inline uint32_t over(uint32_t below, uint32_t alpha, uint32_t red, uint32_t green, uint32_t blue) {
    uint32_t rest = 255 - alpha;
    uint32_t a = alpha + divided(rest * (below >> 24));
    uint32_t r = divided(red * alpha + rest * (below >> 16 & 255));
    uint32_t g = divided(green * alpha + rest * (below >> 8 & 255));
    uint32_t b = divided(blue * alpha + rest * (below & 255));
    return a << 24 | r << 16 | g << 8 | b;
}

static cts_area area_of(const cts_script *script, const ASS_Image *image) {
    int64_t right = (int64_t)image->dst_x + image->w, bottom = (int64_t)image->dst_y + image->h;
    cts_area area = {image->dst_x > 0 ? image->dst_x : 0, image->dst_y > 0 ? image->dst_y : 0,
                     right < script->width ? (int)right : script->width, bottom < script->height ? (int)bottom : script->height};
    return area;
}

static int is_empty(cts_area area) { return area.right <= area.left || area.bottom <= area.top; }

static void draw_image(cts_script *script, const ASS_Image *image, cts_area area) {
    uint32_t red = image->color >> 24, green = image->color >> 16 & 255, blue = image->color >> 8 & 255;
    uint32_t opacity = 255 - (image->color & 255);
    if (!opacity) return;
    for (int y = area.top; y < area.bottom; y++) {
        uint32_t *row = script->pixels + (ptrdiff_t)y * script->width;
        const unsigned char *alpha = image->bitmap + (ptrdiff_t)(y - image->dst_y) * image->stride;
        for (int x = area.left; x < area.right; x++) {
            uint32_t covered = alpha[x - image->dst_x];
            if (covered) row[x] = over(row[x], divided(covered * opacity), red, green, blue);
        }
    }
}

/* Clears what was drawn before, and nothing else: the canvas may be a hundred times as large. */
static void clear(cts_script *script) {
    if (is_empty(script->drawn)) return;
    size_t bytes = (size_t)(script->drawn.right - script->drawn.left) * sizeof *script->pixels;
    for (int y = script->drawn.top; y < script->drawn.bottom; y++)
        memset(script->pixels + (ptrdiff_t)y * script->width + script->drawn.left, 0, bytes);
    script->drawn = (cts_area){0, 0, 0, 0};
}

int cts_script_blend(cts_script *script, const ASS_Image *images) {
    if (!script->pixels) script->pixels = calloc((size_t)script->width * (size_t)script->height, sizeof *script->pixels);
    if (!script->pixels) return CTS_NO_MEMORY;
    clear(script);
    int64_t covered = 0, most = (int64_t)script->width * script->height * MOST_COVERS;
    int count = 0;
    for (const ASS_Image *image = images; image; image = image->next) {
        cts_area area = area_of(script, image);
        if (is_empty(area)) continue;
        covered += (int64_t)(area.right - area.left) * (area.bottom - area.top);
        if (++count > MOST_IMAGES || covered > most) return CTS_TOO_INTRICATE;
        cts_area *all = &script->drawn;
        if (is_empty(*all)) *all = area;
        if (area.left < all->left) all->left = area.left;
        if (area.top < all->top) all->top = area.top;
        if (area.right > all->right) all->right = area.right;
        if (area.bottom > all->bottom) all->bottom = area.bottom;
        draw_image(script, image, area);
    }
    return CTS_OK;
}
#endif
