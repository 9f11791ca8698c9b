/* SPDX-License-Identifier: Apache-2.0 */
/* Effects on whole pictures: blurs of motion, blocks, and broken rows (pixels/effects.c, pixels/spin.c). */
#ifndef CFS_EFFECTS_H
#define CFS_EFFECTS_H

#include <stdint.h>
#include "cfs_libav.h"
#include "cfs_pixels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All of them draw `source` into `target`, another frame of the same size and format (checked: AVERROR(EINVAL)). Colours with
   alpha must be premultiplied. Numbers that are out of range, or none, are limited; nothing blocks. The bytes are the same on
   every processor. AVERROR(ENOMEM) is the only other failure. */

/* Scratch memory that is kept from picture to picture. Free it with cfs_effects_free(). NULL if out of memory. */
typedef struct cfs_effects cfs_effects;
cfs_effects *cfs_effects_create(void);
void cfs_effects_free(cfs_effects *effects);

/* Draws squares of `size` luma pixels in the mean colour of what they cover; one of them is in the middle. Their sides lie on
   even pixels, so up to a size of 1 the picture is the same, and from there on squares have two pixels or more. */
int cfs_frame_pixelate(cfs_effects *effects, const cfs_frame *source, cfs_frame *target, double size);

/* Blurs as a movement by `length` luma pixels does, to the sides or, with `vertical`, up and down: each pixel becomes the mean
   of those around it on a line, which has its middle there. Edges are mirrored. 0 changes nothing. */
int cfs_frame_streak(cfs_effects *effects, const cfs_frame *source, cfs_frame *target, int vertical, double length);

/* Blurs as growing does: each pixel becomes the mean of those between it and the point (x, y), from itself to `amount` (0…0.95)
   of the way. It works at half the size, into which amounts of a few pixels fade. 0 changes nothing. */
int cfs_frame_zoom_streak(cfs_effects *effects, cfs_resampler *resampler, const cfs_frame *source, cfs_frame *target,
                          double x, double y, double amount);

/* Blurs as a turn about the middle by `degrees` (−180…180) does: each pixel becomes the mean of those on an arc, which has its
   middle there. It works at half the size, into which turns of less than 1.5° fade. 0 changes nothing. Only for opaque frames
   (checked). */
int cfs_frame_spin_streak(cfs_effects *effects, const cfs_frame *source, cfs_frame *target, double degrees);

/* Moves bands of rows aside, around the edges, and both chroma planes apart. `strength` is 0…1; 0 changes nothing. `seed` chooses
   the bands. Only for opaque frames (checked). */
int cfs_frame_glitch(const cfs_frame *source, cfs_frame *target, double strength, uint32_t seed);

#ifdef __cplusplus
}
#endif
#endif
