/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The render core: all access to FFmpeg and zimg, and the pixel kernels.
 *
 * This header includes no FFmpeg header, so Swift sees no FFmpeg struct: field offsets differ between FFmpeg's major
 * versions. The .c files handle all version differences (5.1 … 9).
 *
 * Unless a function says otherwise:
 *   - it returns 0 or a negative AVERROR code, which cfs_error_text() describes;
 *   - it does not block, does not write to the log, and frees none of its arguments;
 *   - an object may move between threads, but only one thread may use it at a time;
 *   - pictures are 8-bit planar 4:2:0, BT.709, limited range, chroma sited left (MPEG-2); sizes are in luma pixels;
 *   - the caller owns a returned pointer and frees it with the function named beside it.
 */
#ifndef CFFMPEGSHIM_H
#define CFFMPEGSHIM_H

#include "cfs_libav.h"
#include "cfs_system.h"
#include "cfs_pixels.h"
#include "cfs_effects.h"
#include "cfs_layers.h"
#include "cfs_sound.h"
#include "cfs_stream.h"
#include "cfs_video.h"
#include "cfs_check.h"

#endif
