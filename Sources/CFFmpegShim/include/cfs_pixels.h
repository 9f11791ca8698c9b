/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels: pictures, their conversion, and the kernels that draw (pixels/). */
#ifndef CFS_PIXELS_H
#define CFS_PIXELS_H

#include <stddef.h>
#include <stdint.h>
#include "cfs_libav.h"
#include "cfs_system.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Still pictures (picture.c) ---------- */

/* A decoded picture in planes, with the depth and subsampling of its file. */
typedef struct cfs_picture cfs_picture;

enum cfs_image_codec { CFS_JPEG, CFS_PNG, CFS_WEBP, CFS_GIF, CFS_TIFF, CFS_BMP, CFS_SVG, CFS_HEIF };

/* Returns whether a format can be decoded: whether FFmpeg was built with it, or libheif is installed. */
int cfs_picture_has_decoder(enum cfs_image_codec codec);

/* Decodes one picture from memory. The `size` bytes must be followed by 64 readable zero bytes. Damaged data and more
   than `max_pixels` pixels are errors. `reduce` (0…3) decodes a JPEG at 1/2^reduce of its size, which costs less than
   decoding all of it; other formats ignore it. `width` and `height` are the size to which a drawing is stretched, 0 for its
   own; it opens no other file. Blocks while decoding. Free the picture with cfs_picture_free().
   CFS_CUT_SHORT: the data end before the picture does. Parts of the bytes that say nothing about the pixels are
   overwritten. */
int cfs_picture_decode(uint8_t *bytes, size_t size, enum cfs_image_codec codec, int64_t max_pixels, int reduce, int width,
                       int height, cfs_picture **picture);
void cfs_picture_free(cfs_picture *picture);

int cfs_picture_width(const cfs_picture *picture);
int cfs_picture_height(const cfs_picture *picture);
int cfs_picture_has_alpha(const cfs_picture *picture);

/* What a HEIC or AVIF file says of its primary picture, turned upright. */
typedef struct {
    int width, height;
    int has_alpha;
    int has_profile;              /* an ICC profile */
    int primaries, transfer;      /* ITU-T H.273; 0 if not said */
    int can_decode;               /* there are decoders for both HEVC and AV1 */
} cfs_heif_info;

/* Reads a whole HEIC or AVIF file in memory without decoding pixels. libheif's words on errors are logged.
   AVERROR_DECODER_NOT_FOUND: libheif is not installed. */
int cfs_heif_read(const uint8_t *bytes, size_t size, cfs_heif_info *info);

/* Returns whether the picture is grey, without colours. */
int cfs_picture_is_grey(const cfs_picture *picture);
/* Returns the bytes of the picture's colour profile; NULL if the file has none. They belong to the picture. */
const uint8_t *cfs_picture_profile(const cfs_picture *picture, size_t *size);

/* Turns the picture upright. `orientation` is EXIF's, 1 … 8. */
int cfs_picture_orient(cfs_picture *picture, int orientation);

/* ---- Animated pictures (animation.c) ---------- */

/* An open animated picture, whose pictures are decoded one after the other. Used by one thread at a time. */
typedef struct cfs_animation cfs_animation;

/* Returns whether animations of a format can be decoded: GIF and PNG by FFmpeg, WebP by libwebpdemux if it is installed. */
int cfs_animation_has_decoder(enum cfs_image_codec codec);

/* Opens an animation of `size` bytes from a descriptor, which stays the caller's and is not needed afterwards. A WebP is read
   into memory as a whole. Blocks on the disk. Free it with cfs_animation_free(). */
int cfs_animation_open(int fd, int64_t size, enum cfs_image_codec codec, int64_t max_pixels, cfs_animation **animation);
void cfs_animation_free(cfs_animation *animation);

/* Decodes the next picture: the whole canvas, as it is shown then. It is only decoded, and not returned, if `picture` is NULL.
   Blocks on the disk. Free it with cfs_picture_free(). CFS_FINISHED: there are no more. */
int cfs_animation_next(cfs_animation *animation, cfs_picture **picture);

/* ---- Colours of other spaces (colour.c) ---------- */

/* A table from a file's colours to sRGB, as LittleCMS sees them. Never changes; may be used by many threads. */
typedef struct cfs_colours cfs_colours;

enum cfs_transfer { CFS_GAMMA, CFS_SRGB, CFS_BT709 };

/* Makes the table of an ICC profile, for grey pictures or for others. `*colours` is NULL if the profile is sRGB to the eye.
   AVERROR_INVALIDDATA: the profile is damaged, or none for such a picture. Takes some milliseconds. Free with
   cfs_colours_free(). */
int cfs_colours_of_profile(const uint8_t *bytes, size_t size, int is_grey, cfs_colours **colours);

/* Makes the table of primaries: x and y of white, red, green and blue (CIE 1931), and a transfer function; `gamma` is the
   exponent of CFS_GAMMA. Otherwise as cfs_colours_of_profile(). */
int cfs_colours_of_primaries(const double xy[8], enum cfs_transfer transfer, double gamma, int is_grey,
                             cfs_colours **colours);
/* Makes the table that maps BT.2020 with PQ, or HLG, to SDR: the tone map of ITU-R BT.2390 from 1,000 cd/m² to a diffuse white
   of 203. Only for pictures with colours. */
int cfs_colours_of_hdr(int is_hlg, cfs_colours **colours);

void cfs_colours_free(cfs_colours *colours);

/* ---- Colour and size conversion by zimg (convert.c) ---------- */

/* What is kept from one conversion to the next like it: building zimg's graphs takes up to two milliseconds. Free it with
   cfs_converter_free(). NULL if out of memory. */
typedef struct cfs_converter cfs_converter;
cfs_converter *cfs_converter_create(void);
void cfs_converter_free(cfs_converter *converter);

/* A region of a picture, in the picture's pixels; fractions are allowed. It must lie inside the picture. */
typedef struct cfs_region { double left, top, width, height; } cfs_region;

/* Converts a region of a picture to the working format at the size of `frame`: one Catmull-Rom resize with antialiasing
   and one matrix and range conversion. Untagged RGB is sRGB; JPEG is full-range BT.601, WebP limited-range BT.601. An
   alpha frame becomes premultiplied (Y−16, U−128 and V−128 times alpha); an opaque frame drops the picture's alpha.
   `colours`, which may be NULL, is applied at the frame's size, in 16 bits; it must have been made for such a picture. */
int cfs_convert(cfs_converter *converter, const cfs_picture *picture, cfs_region region, const cfs_colours *colours,
                cfs_frame *frame);

/* ---- Moving pictures by our own resampler (resample.c) ---------- */

typedef struct cfs_resampler cfs_resampler;

/* Creates a resampler, which holds scratch space reused from frame to frame. Free it with cfs_resampler_free(). Returns
   NULL if out of memory. */
cfs_resampler *cfs_resampler_create(void);
void cfs_resampler_free(cfs_resampler *resampler);

/* An axis-aligned map from output to source in luma pixels: source = scale × output + offset. Pixel k covers k …
   k+1. */
typedef struct cfs_axis { double scale, offset; } cfs_axis;

/* Resamples `source` into all of `target` with a Catmull-Rom kernel, which is widened for shrinking; edge pixels are
   extended outwards. Draws the planes that both frames have. The result is the same on every CPU. -ENOMEM is the only
   failure. */
int cfs_resample(cfs_resampler *resampler, const cfs_frame *source, cfs_frame *target, cfs_axis x, cfs_axis y);

/* Limits the kernels' instruction set (0 plain C, 1 AVX2, 2 AVX-512), for tests that compare them. Process-wide. */
void cfs_limit_simd(int level);

/* ---- Layers and masks (layer.c, mask.c) ---------- */

/* Turns what cfs_resample() drew into an alpha frame into a layer. If `premultiplied` is set, makes the colours
   straight; otherwise treats alpha as solid. Then multiplies alpha by `opacity` (0…1) and by each pixel's coverage by
   the rectangle left…right × top…bottom, in the frame's pixels. */
void cfs_layer_finish(cfs_frame *frame, int premultiplied, double left, double top, double right, double bottom,
                      double opacity);

/* Draws the matte of `source`: white with the same alpha, premultiplied. `target` has the size and format of
   `source`. */
void cfs_frame_matte(const cfs_frame *source, cfs_frame *target);

/* Combines two opaque pictures into one with alpha, straight or premultiplied: a composition over black, and its matte. */
void cfs_frame_join(const cfs_frame *colour, const cfs_frame *matte, cfs_frame *target, int premultiplied);

/* Blends `amount` (0…1) of a colour into the frame's Y, U and V; alpha is unchanged. */
void cfs_frame_tint(cfs_frame *frame, int y, int u, int v, double amount);

/* Copies the pixels of `source` to `target`, which has at least the planes of `source` and the same size (checked). */
int cfs_frame_copy(const cfs_frame *source, cfs_frame *target);

enum { CFS_MOST_STOPS = 16 };

/* A colour of a gradient, sRGB with straight alpha, at a place 0…1 of it. */
typedef struct {
    double at;
    uint8_t red, green, blue, alpha;
} cfs_stop;

/* A gradient over a frame, whose first pixel's centre is (0.5, 0.5). Linear: pixel (x, y) is a·x + b·y + c of the way.
   Radial: it is its distance from (a, b), divided by c. Stops are in order; outside them the nearest colour holds. */
typedef struct {
    cfs_stop stops[CFS_MOST_STOPS];
    int count;
    int radial;
    double a, b, c;
} cfs_gradient;

/* Draws a gradient over a frame, mixed in sRGB's encoding with premultiplied alpha and dithered. An alpha frame becomes
   premultiplied, as by cfs_convert(). Checks the number of stops. Does not block. */
int cfs_gradient_draw(const cfs_gradient *gradient, cfs_frame *frame);

/* ---- Drawn pixels (premultiplied.c) ---------- */

/* Converts pixels of the frame's size, 0xAARRGGBB in the machine's byte order and premultiplied in sRGB's encoding, into an alpha
   frame, which becomes premultiplied as by cfs_convert(). `stride` is the distance between rows in bytes, a multiple of 4.
   Checks the frame's format. */
int cfs_frame_draw_pixels(cfs_frame *frame, const uint32_t *pixels, ptrdiff_t stride);

/* A grey map: for each pixel, the moment of a transition (0 … 65535) at which it changes. */
typedef struct cfs_map cfs_map;

enum cfs_map_shape {
    CFS_MAP_RIGHT, CFS_MAP_LEFT, CFS_MAP_DOWN, CFS_MAP_UP,
    CFS_MAP_DOWN_RIGHT, CFS_MAP_DOWN_LEFT, CFS_MAP_UP_RIGHT, CFS_MAP_UP_LEFT,
    CFS_MAP_CIRCLE_OPEN, CFS_MAP_CIRCLE_CLOSE, CFS_MAP_CLOCK, CFS_MAP_BARN_DOORS, CFS_MAP_DISSOLVE,
    CFS_MAP_BARN_DOORS_CLOSE, CFS_MAP_LEVEL_DOORS, CFS_MAP_LEVEL_DOORS_CLOSE, CFS_MAP_COUNTER_CLOCK, CFS_MAP_FAN,
    CFS_MAP_PINWHEEL, CFS_MAP_DIAMOND_OPEN, CFS_MAP_DIAMOND_CLOSE, CFS_MAP_BOX_OPEN, CFS_MAP_BOX_CLOSE,
    CFS_MAP_BLINDS_RIGHT, CFS_MAP_BLINDS_LEFT, CFS_MAP_BLINDS_DOWN, CFS_MAP_BLINDS_UP,
    CFS_MAP_SLICES_RIGHT, CFS_MAP_SLICES_LEFT, CFS_MAP_SLICES_DOWN, CFS_MAP_SLICES_UP,
    CFS_MAP_WIND_RIGHT, CFS_MAP_WIND_LEFT, CFS_MAP_WIND_DOWN, CFS_MAP_WIND_UP, CFS_MAP_CHECKERBOARD, CFS_MAP_TILES,
};

/* Create a map of a computed shape for a canvas, or from the luma of a canvas-sized frame. Free it with cfs_map_free().
   Return NULL if out of memory. A map never changes, so several threads may use it at once. */
cfs_map *cfs_map_create(enum cfs_map_shape shape, int width, int height);
cfs_map *cfs_map_from_frame(const cfs_frame *frame);
void cfs_map_free(cfs_map *map);

/* Draws the map's mask at `progress` (0…1) into an opaque frame of its size: 0 keeps the first picture, 255 shows the
   second. `softness` (0…1) is the width of the edge as a fraction of the transition. The mask is all 0 at progress 0
   and all 255 at 1. */
void cfs_mask_draw(const cfs_map *map, double progress, double softness, cfs_frame *mask);

#ifdef __cplusplus
}
#endif
#endif
