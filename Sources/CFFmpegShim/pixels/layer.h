/* SPDX-License-Identifier: Apache-2.0 */
/* What layers have in common (layer.c). */
#ifndef CFS_LAYER_H
#define CFS_LAYER_H

#include "../internal.h"

/* Divides the colours of a frame with premultiplied alpha by it. */
void cfs_straighten(AVFrame *frame);

#endif
