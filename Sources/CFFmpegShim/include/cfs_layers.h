/* SPDX-License-Identifier: Apache-2.0 */
/* Layers: turning, shaping, shading and laying them over one another (pixels/). */
#ifndef CFS_LAYERS_H
#define CFS_LAYERS_H

#include "cfs_libav.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Unless a function says otherwise: frames stay the caller's; what is drawn into must be writable and not shared; nothing
   blocks; results are the same bytes on every CPU. Numbers that are not finite, and sizes that are absurd, draw nothing
   or are reduced to the nearest sensible value; they never crash. -ENOMEM: out of memory. -EINVAL: a frame has not the
   format or size that is asked for; nothing was drawn. */

/* A map of points: (x, y) goes to (a·x + b·y + c, d·x + e·y + f). Pixel k covers k … k + 1. */
typedef struct cfs_affine { double a, b, c, d, e, f; } cfs_affine;

/* A rectangle, in pixels or in local coordinates. It is empty unless left < right and top < bottom. */
typedef struct cfs_box { double left, top, right, bottom; } cfs_box;

/* ---- Turned and scaled pictures (pyramid.c, transform.c) ---------- */

/* A frame with copies of half the size, of a quarter and so on, in each direction by itself, made when they are first
   needed. */
typedef struct cfs_pyramid cfs_pyramid;

/* Creates a pyramid, which holds a reference to the frame; its pixels must not change afterwards. Free it with
   cfs_pyramid_free(). NULL if out of memory. Several threads may draw from one pyramid at once; one may wait while
   another makes a copy. */
cfs_pyramid *cfs_pyramid_create(const cfs_frame *frame);
void cfs_pyramid_free(cfs_pyramid *pyramid);

/* What lies outside of a picture: its edge pixels, or the picture mirrored at its edges. */
enum cfs_edges { CFS_EXTEND, CFS_MIRROR };

/* Draws a picture into all of `target`. `map` leads from the target's luma pixels to the source's. A Catmull-Rom kernel,
   from the copies whose pixels are nearest in size to the target's, so that minified pictures are filtered and their
   sharpness changes smoothly with the scale. A picture with alpha is premultiplied, and so is what is drawn. Planes that
   both frames have are drawn; alpha that the target alone has is set solid. `shown`, which may be NULL for everything,
   is a part of the source plane in its luma pixels: target pixels that are more than two pixels away from it are not
   sampled but cleared (16, 128, 128, and alpha 0 if the picture has alpha). A map that is not finite or cannot be inverted clears everything. */
int cfs_transform(cfs_pyramid *pyramid, cfs_frame *target, cfs_affine map, const cfs_box *shown, enum cfs_edges edges);

/* ---- Shapes of layers (shape.c) ---------- */

/* What a picture's own alpha is before it becomes a layer's. */
enum cfs_alpha_kind {
    CFS_ALPHA_SOLID,          /* none: it is taken as 255 everywhere */
    CFS_ALPHA_PREMULTIPLIED,  /* colours have been multiplied by it, and become straight */
    CFS_ALPHA_STRAIGHT,
};

/* The outline of a layer in local coordinates. */
typedef struct cfs_shape {
    cfs_box box;
    double radii[4];          /* of the box's corners: left top, right top, right bottom, left bottom. Too large ones are
                                 reduced together, as in CSS */
    cfs_box content;          /* the part of the box that the picture covers; the border is drawn all around all the same */
    double border;            /* width inwards from the box's edge; 0 for none */
    int y, u, v, alpha;       /* the border's colour, alpha straight 0…255 */
} cfs_shape;

/* Turns a picture in an alpha frame into a layer: makes colours straight, multiplies alpha by `opacity` (0…1) and by each
   pixel's coverage by the shape, and lays the border over it. `to_local` maps the frame's luma pixels to local coordinates.
   Straight edges have the exact area of their half plane in a pixel. Pixels that the shape does not touch get alpha 0, and
   keep their colours. A map that is not finite or cannot be inverted clears the alpha. */
int cfs_layer_shape(cfs_frame *frame, enum cfs_alpha_kind kind, cfs_affine to_local, const cfs_shape *shape, double opacity);

/* Multiplies the colours of a frame with straight alpha by it, chroma by the mean alpha of its four pixels: what
   cfs_layer_shape() undoes. */
int cfs_layer_premultiply(cfs_frame *frame);

/* ---- Shadows (shadow.c) ---------- */

typedef struct cfs_shadow {
    double dx, dy;            /* from the layer's first pixel in the target to that of its shadow, fractions allowed */
    double sigma;             /* of the Gaussian blur, in pixels: 0…1000 */
    double spread;            /* by how many pixels the outline grows; negative shrinks; −200…200 */
    int y, u, v, alpha;       /* the colour, alpha straight 0…255 */
} cfs_shadow;

/* Draws the shadow of a layer with alpha into all of an alpha frame of any size: the colour everywhere, and as alpha that of
   the layer, grown, blurred, moved, and multiplied by the colour's. It is drawn under the layer too. Straight alpha. */
int cfs_layer_shadow(const cfs_frame *layer, cfs_frame *target, const cfs_shadow *shadow);

/* ---- Laying layers over a picture (paint.c, blend.c) ---------- */

enum cfs_blend {
    CFS_NORMAL, CFS_MULTIPLY, CFS_SCREEN, CFS_OVERLAY, CFS_DARKEN, CFS_LIGHTEN, CFS_ADD, CFS_SUBTRACT, CFS_DIFFERENCE,
    CFS_SOFT_LIGHT, CFS_HARD_LIGHT, CFS_COLOR_DODGE, CFS_COLOR_BURN,
};

/* Lays a layer with straight alpha over an opaque picture, in place, with its first pixel at (x, y), both even; it may lie
   outside in part or as a whole. CFS_NORMAL mixes Y, U and V; chroma's alpha is the mean of its four pixels, rounded down
   (the last ones count twice in a layer of odd size).
   The others are W3C's (Compositing and Blending Level 1) on R'G'B' of each pixel, clipped to 0…1, with the chroma sample
   of its two by two pixels; what changes is mixed by the pixel's alpha, converted back and, for chroma, averaged over the
   four. CFS_ADD is the sum, CFS_SUBTRACT the picture less the layer, both clipped. */
int cfs_frame_paint(cfs_frame *base, const cfs_frame *layer, int x, int y, enum cfs_blend mode);

/* ---- Mattes (matte.c) ---------- */

/* Multiplies a layer's alpha by a mask whose first pixel is at (x, y) of the layer, both even: by the mask's luma
   (16…235 is 0…255; premultiplied colours are dark already where they are clear), or by its alpha (solid if it has none). Outside of the mask it
   counts as 0. With `invert`, by 255 less that. */
int cfs_layer_matte(cfs_frame *layer, const cfs_frame *mask, int x, int y, int by_luma, int invert);

/* ---- Polygons (polygon.c) ---------- */

/* Fills an opaque frame with black, and with white where a closed polygon of `count` points (x, y) covers it, each pixel by its
   area. -EINVAL: a coordinate is not a number, or beyond 10^12. Allocates four bytes a pixel. */
int cfs_frame_polygon(cfs_frame *frame, const double *points, int count);

/* ---- Blur (blur.c) ---------- */

/* Blurs an opaque frame, or one with premultiplied alpha, in place by a Gaussian whose standard deviations are in luma
   pixels (0…1000); edge pixels are extended outwards. Within two levels of a true Gaussian. */
int cfs_frame_blur(cfs_frame *frame, double sigma_x, double sigma_y);

#ifdef __cplusplus
}
#endif
#endif
