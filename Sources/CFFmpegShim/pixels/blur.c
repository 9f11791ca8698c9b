/* SPDX-License-Identifier: Apache-2.0 */
/* Blurred frames. */
#include "gaussian.h"

int cfs_frame_blur(cfs_frame *frame, double sigma_x, double sigma_y) {
    for (int plane = 0; plane < cfs_plane_count(frame); plane++) {
        double share = plane == 1 || plane == 2 ? 0.5 : 1;
        struct plane pixels = {frame->data[plane], frame->linesize[plane], cfs_plane_width(frame, plane),
                               cfs_plane_height(frame, plane)};
        int status = cfs_gaussian(pixels, pixels, sigma_x * share, sigma_y * share, 0, 0, 1);
        if (status < 0) return status;
    }
    return 0;
}
