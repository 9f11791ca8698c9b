/* SPDX-License-Identifier: Apache-2.0 */
/* What the effects on whole pictures share (effects.c, spin.c). */
#ifndef CFS_EFFECTS_INTERNAL_H
#define CFS_EFFECTS_INTERNAL_H

#include "planes.h"

struct cfs_effects {
    void *rooms[3];       /* scratch of each kind, with its size in bytes */
    size_t sizes[3];
    AVFrame *halves[2];   /* of half a picture's size */
};

/* Returns scratch of at least `size` bytes with undefined contents, which belongs to `effects` and is valid until the next call
   for the same `room` (0…2); NULL if out of memory. */
void *cfs_effects_room(cfs_effects *effects, int room, size_t size);

/* Returns 0 if two frames have the same size and format, and different pixels; or else AVERROR(EINVAL). */
int cfs_effects_check(const AVFrame *source, const AVFrame *target);

/* Returns a number limited to a range; `low` if it is none. */
static inline double cfs_limit(double value, double low, double high) {
    return value > low ? (value < high ? value : high) : low;
}

/* Returns an index mirrored at 0 and `count` as often as need be. */
static inline int cfs_mirror(int index, int count) {
    if (index >= 0 && index < count) return index;
    int period = 2 * count;
    int place = index % period;
    if (place < 0) place += period;
    return place < count ? place : period - 1 - place;
}

#endif
