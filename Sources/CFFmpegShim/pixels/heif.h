/* SPDX-License-Identifier: Apache-2.0 */
/* HEIC and AVIF through libheif, which is loaded when the first such picture is met (heif.c). */
#ifndef CFS_HEIF_H
#define CFS_HEIF_H

#include "../internal.h"

/* Returns whether libheif is installed. */
int cfs_heif_is_there(void);

/* Decodes the primary picture of a file in memory, upright, as RGB. Errors as of cfs_picture_decode(); libheif's own words
   are logged. Blocks, and may use threads of its own. */
int cfs_heif_decode(const uint8_t *bytes, size_t size, int64_t max_pixels, cfs_picture **picture);

#endif
