/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded pictures in planes (planes.c). */
#ifndef CFS_PLANES_H
#define CFS_PLANES_H

#include "../internal.h"

/* Returns a frame with its own pixels; NULL if out of memory. Free it with av_frame_free(). */
AVFrame *cfs_planar_frame(enum AVPixelFormat format, int width, int height);

/* Splits any packed, palette, bit-packed or big-endian format into planes of 8 bits, or of 16 bits in native byte order.
   The caller frees the result. Returns NULL if out of memory. */
AVFrame *cfs_to_planes(const AVFrame *in, const AVPixFmtDescriptor *desc);

/* Describes packed samples of a pixel format as a picture with planes of its own. */
int cfs_describe_packed(const uint8_t *samples, int stride, enum AVPixelFormat format, int width, int height,
                        cfs_picture **picture);

/* Returns whether the frame is planar YUV in native byte order, which zimg takes directly. */
int cfs_is_planar_yuv(const AVPixFmtDescriptor *desc);

/* Divides the colours of an RGB32 frame by alpha, by which Cairo, which draws SVG, multiplies them. */
void cfs_unpremultiply(AVFrame *frame);

/* Describes a planar frame as a picture. Takes ownership of the frame, even on failure. Returns NULL if out of memory. */
cfs_picture *cfs_describe(AVFrame *frame);

/* Describes any decoded frame as a picture, if need be with planes of its own. Takes ownership of the frame, even on failure.
   AVERROR_PATCHWELCOME: floats, more than 16 bits, or pixels that are elsewhere. */
int cfs_describe_any(AVFrame *frame, cfs_picture **picture);

/* Decodes the first picture of an animated WebP in memory, which libav does not (animation.c). Errors as of
   cfs_picture_decode(). */
int cfs_webp_first(const uint8_t *bytes, size_t size, int64_t max_pixels, cfs_picture **picture);

#endif
