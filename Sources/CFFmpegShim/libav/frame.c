/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of the working format, and pools of them. */
#include "../internal.h"

#include <pthread.h>
#include <string.h>

enum { ALIGNMENT = 64, PADDING = 64 };

struct cfs_pool {
    AVBufferPool *buffers;
    int format, width, height;
    int stride[4];
    size_t offset[4];
};

void cfs_frame_tag(AVFrame *frame) {
    frame->colorspace = AVCOL_SPC_BT709;
    frame->color_primaries = AVCOL_PRI_BT709;
    frame->color_trc = AVCOL_TRC_BT709;
    frame->color_range = AVCOL_RANGE_MPEG;
    frame->chroma_location = AVCHROMA_LOC_LEFT;
    frame->sample_aspect_ratio = (AVRational){1, 1};
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 15, 100)   /* FFmpeg 8.1 negotiates it */
    if (frame->format == AV_PIX_FMT_YUVA420P) frame->alpha_mode = AVALPHA_MODE_STRAIGHT;
#endif
}

cfs_pool *cfs_pool_create(int format, int width, int height) {
    cfs_pool *pool = av_mallocz(sizeof *pool);
    if (!pool) return NULL;
    pool->format = format == CFS_ALPHA ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P;
    pool->width = width;
    pool->height = height;
    size_t total = 0;
    for (int plane = 0; plane < (format == CFS_ALPHA ? 4 : 3); plane++) {
        int chroma = plane == 1 || plane == 2;
        int columns = chroma ? (width + 1) / 2 : width;
        int rows = chroma ? (height + 1) / 2 : height;
        pool->stride[plane] = (columns + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        pool->offset[plane] = total;
        total += (size_t)pool->stride[plane] * (size_t)rows;
    }
    /* Kernels and filters may read up to a vector's width past the last row. */
    pool->buffers = av_buffer_pool_init(total + ALIGNMENT + PADDING, NULL);
    if (!pool->buffers) av_freep(&pool);
    return pool;
}

void cfs_pool_free(cfs_pool *pool) {
    if (!pool) return;
    av_buffer_pool_uninit(&pool->buffers);
    av_free(pool);
}

cfs_frame *cfs_pool_get(cfs_pool *pool) {
    AVFrame *frame = av_frame_alloc();
    if (!frame) return NULL;
    frame->buf[0] = av_buffer_pool_get(pool->buffers);
    if (!frame->buf[0]) {
        av_frame_free(&frame);
        return NULL;
    }
    frame->format = pool->format;
    frame->width = pool->width;
    frame->height = pool->height;
    uintptr_t base = ((uintptr_t)frame->buf[0]->data + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    for (int plane = 0; plane < cfs_plane_count(frame); plane++) {
        frame->data[plane] = (uint8_t *)base + pool->offset[plane];
        frame->linesize[plane] = pool->stride[plane];
    }
    cfs_frame_tag(frame);
    return frame;
}

cfs_frame *cfs_frame_share(const cfs_frame *frame) { return av_frame_clone(frame); }
void cfs_frame_free(cfs_frame *frame) { av_frame_free(&frame); }

int cfs_frame_width(const cfs_frame *frame) { return frame->width; }
int cfs_frame_height(const cfs_frame *frame) { return frame->height; }
int cfs_frame_format(const cfs_frame *frame) { return frame->format == AV_PIX_FMT_YUVA420P ? CFS_ALPHA : CFS_OPAQUE; }

uint8_t *cfs_frame_plane(const cfs_frame *frame, int index, ptrdiff_t *stride) {
    if (index < 0 || index >= cfs_plane_count(frame)) return NULL;
    *stride = frame->linesize[index];
    return frame->data[index];
}

void cfs_frame_fill(cfs_frame *frame, int y, int u, int v, int alpha) {
    const int values[4] = {y, u, v, alpha};
    for (int plane = 0; plane < cfs_plane_count(frame); plane++)
        for (int row = 0; row < cfs_plane_height(frame, plane); row++)
            memset(frame->data[plane] + (ptrdiff_t)row * frame->linesize[plane], values[plane],
                   (size_t)cfs_plane_width(frame, plane));
}

int cfs_frame_copy(const cfs_frame *source, cfs_frame *target) {
    if (source->width != target->width || source->height != target->height) return AVERROR(EINVAL);
    for (int plane = 0; plane < cfs_min(cfs_plane_count(source), cfs_plane_count(target)); plane++)
        for (int row = 0; row < cfs_plane_height(source, plane); row++)
            memcpy(target->data[plane] + (ptrdiff_t)row * target->linesize[plane],
                   source->data[plane] + (ptrdiff_t)row * source->linesize[plane],
                   (size_t)cfs_plane_width(source, plane));
    return 0;
}

int cfs_frame_is_writable(const cfs_frame *frame) { return av_frame_is_writable((AVFrame *)(uintptr_t)frame) > 0; }
