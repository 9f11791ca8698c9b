/* SPDX-License-Identifier: Apache-2.0 */
/* zimg's graphs, which are kept from picture to picture (graphs.c). */
#ifndef CFS_GRAPHS_H
#define CFS_GRAPHS_H

#include "../internal.h"

#include <zimg.h>

/* Describes the working format. */
void cfs_zimg_working(zimg_image_format *format, int width, int height);

/* Converts between two formats. `kept` has the graph of the call before, which is used if the formats are the same; NULL builds
   one for this call. zimg's words on errors are logged. */
int cfs_zimg_run(cfs_kept_graph *kept, const zimg_image_format *from, const zimg_image_format *to,
                 const zimg_image_buffer_const *in, const zimg_image_buffer *out);

#endif
