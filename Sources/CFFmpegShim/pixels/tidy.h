/* SPDX-License-Identifier: Apache-2.0 */
/* Taking out of picture files what says nothing about the pixels (tidy.c). */
#ifndef CFS_TIDY_H
#define CFS_TIDY_H

#include <stddef.h>
#include <stdint.h>

/* Removes from a TIFF's first directory, in place, the tags that pixels do not depend on. Leaves alone what it cannot read. */
void cfs_tidy_tiff(uint8_t *bytes, size_t size);

/* Hides a PNG's ancillary chunks but transparency, in place, and mends the checksum of its end. The colour profile stays if
   it is kept and whole; returns whether it does. */
int cfs_tidy_png(uint8_t *bytes, size_t size, int keeps_profile);

#endif
