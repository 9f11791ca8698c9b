/* SPDX-License-Identifier: Apache-2.0 */
/* Colour and size conversion by zimg. */
#include "colour.h"
#include "graphs.h"

#include <string.h>

struct cfs_converter {
    cfs_kept_graph *first, *second;   /* the second only where colours are changed */
};

cfs_converter *cfs_converter_create(void) {
    cfs_converter *converter = av_mallocz(sizeof *converter);
    if (!converter) return NULL;
    converter->first = cfs_kept_graph_create();
    converter->second = cfs_kept_graph_create();
    if (converter->first && converter->second) return converter;
    cfs_converter_free(converter);
    return NULL;
}

void cfs_converter_free(cfs_converter *converter) {
    if (!converter) return;
    cfs_kept_graph_free(converter->first);
    cfs_kept_graph_free(converter->second);
    av_free(converter);
}

static zimg_image_format format_of_picture(const cfs_picture *picture) {
    zimg_image_format format;
    zimg_image_format_default(&format, ZIMG_API_VERSION);
    format.width = (unsigned)picture->width;
    format.height = (unsigned)picture->height;
    format.pixel_type = picture->depth > 8 ? ZIMG_PIXEL_WORD : ZIMG_PIXEL_BYTE;
    format.depth = (unsigned)picture->depth;
    format.subsample_w = (unsigned)picture->sub_w;
    format.subsample_h = (unsigned)picture->sub_h;
    format.color_family = picture->family == CFS_RGB ? ZIMG_COLOR_RGB
        : picture->family == CFS_YUV ? ZIMG_COLOR_YUV : ZIMG_COLOR_GREY;
    /* zimg numbers matrices as libav does, after ITU-T H.273. */
    format.matrix_coefficients = picture->family == CFS_RGB ? ZIMG_MATRIX_RGB
        : picture->family == CFS_YUV ? (zimg_matrix_coefficients_e)picture->matrix : ZIMG_MATRIX_ST170_M;
    format.pixel_range = picture->full_range ? ZIMG_RANGE_FULL : ZIMG_RANGE_LIMITED;
    format.chroma_location = picture->chroma == AVCHROMA_LOC_LEFT ? ZIMG_CHROMA_LEFT
        : picture->chroma == AVCHROMA_LOC_TOPLEFT ? ZIMG_CHROMA_TOP_LEFT : ZIMG_CHROMA_CENTER;
    format.alpha = picture->has_alpha ? ZIMG_ALPHA_STRAIGHT : ZIMG_ALPHA_NONE;
    return format;
}

static void set_plane(zimg_image_buffer *buffer, int plane, uint8_t *data, ptrdiff_t stride) {
    buffer->plane[plane].data = data;
    buffer->plane[plane].stride = stride;
    buffer->plane[plane].mask = ZIMG_BUFFER_MAX;
}

static void set_const_plane(zimg_image_buffer_const *buffer, int plane, const uint8_t *data, ptrdiff_t stride) {
    buffer->plane[plane].data = data;
    buffer->plane[plane].stride = stride;
    buffer->plane[plane].mask = ZIMG_BUFFER_MAX;
}

/* Copies a plane so that its rows begin at multiples of 64 bytes, which zimg's vector code requires, and so that its
   last column and row are repeated up to the padded size. The caller frees the copy with av_free(). Returns NULL if out
   of memory. */
static uint8_t *padded_copy(const uint8_t *data, ptrdiff_t stride, int width, int height, int padded_width,
                            int padded_height, int sample, ptrdiff_t *padded_stride) {
    *padded_stride = ((ptrdiff_t)padded_width * sample + 63) / 64 * 64;
    uint8_t *copy = av_malloc((size_t)*padded_stride * (size_t)padded_height + 64);
    for (int y = 0; copy && y < padded_height; y++) {
        uint8_t *row = copy + y * *padded_stride;
        memcpy(row, data + (ptrdiff_t)cfs_min(y, height - 1) * stride, (size_t)width * (size_t)sample);
        for (int x = width; x < padded_width; x++)
            memcpy(row + (ptrdiff_t)x * sample, row + (ptrdiff_t)(width - 1) * sample, (size_t)sample);
    }
    return copy;
}

/* Allocates planes of 16 bits for one channel each, with rows at multiples of 64 bytes. The caller frees `*memory`. */
static int wide_planes(int width, int height, const int used[4], uint8_t *planes[4], ptrdiff_t *stride, void **memory) {
    *stride = ((ptrdiff_t)width * 2 + 63) / 64 * 64;
    size_t size = (size_t)*stride * (size_t)height;
    int count = 0;
    for (int p = 0; p < 4; p++) count += used[p];
    if (!(*memory = av_malloc(size * (size_t)count + 64))) return AVERROR(ENOMEM);
    uint8_t *next = (uint8_t *)(((uintptr_t)*memory + 63) / 64 * 64);
    for (int p = 0; p < 4; p++) {
        planes[p] = used[p] ? next : NULL;
        if (used[p]) next += size;
    }
    return 0;
}

/* Runs the conversion by way of RGB or grey of 16 bits at the frame's size, where the colours are changed. */
static int run_with_colours(cfs_converter *converter, const zimg_image_format *from, const zimg_image_format *to,
                            const zimg_image_buffer_const *in, const zimg_image_buffer *out, const cfs_colours *colours) {
    int is_grey = cfs_colours_are_grey(colours), has_alpha = to->alpha != ZIMG_ALPHA_NONE;
    zimg_image_format between;
    zimg_image_format_default(&between, ZIMG_API_VERSION);
    between.width = to->width;
    between.height = to->height;
    between.pixel_type = ZIMG_PIXEL_WORD;
    between.depth = 16;
    between.color_family = is_grey ? ZIMG_COLOR_GREY : ZIMG_COLOR_RGB;
    between.matrix_coefficients = is_grey ? from->matrix_coefficients : ZIMG_MATRIX_RGB;
    between.pixel_range = ZIMG_RANGE_FULL;
    between.alpha = has_alpha ? ZIMG_ALPHA_STRAIGHT : ZIMG_ALPHA_NONE;
    const int used[4] = {1, !is_grey, !is_grey, has_alpha};
    uint8_t *planes[4];
    ptrdiff_t stride;
    void *memory = NULL;
    int status = wide_planes((int)to->width, (int)to->height, used, planes, &stride, &memory);
    if (status < 0) return status;
    zimg_image_buffer target = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    zimg_image_buffer_const source = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    for (int p = 0; p < 4; p++) {
        if (!used[p]) continue;
        set_plane(&target, p, planes[p], stride);
        set_const_plane(&source, p, planes[p], stride);
    }
    status = cfs_zimg_run(converter->first, from, &between, in, &target);
    if (!status) {
        const ptrdiff_t strides[3] = {stride, stride, stride};
        cfs_colours_apply(colours, planes, strides, (int)to->width, (int)to->height);
        status = cfs_zimg_run(converter->second, &between, to, &source, out);
    }
    av_free(memory);
    return status;
}

int cfs_convert(cfs_converter *converter, const cfs_picture *picture, cfs_region region, const cfs_colours *colours,
                cfs_frame *frame) {
    int alpha = frame->format == AV_PIX_FMT_YUVA420P;
    zimg_image_format from = format_of_picture(picture);
    from.active_region.left = region.left;
    from.active_region.top = region.top;
    from.active_region.width = region.width;
    from.active_region.height = region.height;
    if (!alpha) from.alpha = ZIMG_ALPHA_NONE;
    /* Subsampled pictures of odd sizes have chroma for one more column or row than luma; zimg needs both complete. */
    int across = 1 << picture->sub_w, down = 1 << picture->sub_h;
    int padded_width = (picture->width + across - 1) / across * across;
    int padded_height = (picture->height + down - 1) / down * down;
    from.width = (unsigned)padded_width;
    from.height = (unsigned)padded_height;
    int convert_alpha = alpha && picture->has_alpha;

    zimg_image_format to;
    cfs_zimg_working(&to, frame->width, frame->height);
    int grey = picture->family == CFS_GREY;
    if (grey) {   /* chroma is filled in below */
        to.color_family = ZIMG_COLOR_GREY;
        to.matrix_coefficients = from.matrix_coefficients;
        to.subsample_w = to.subsample_h = 0;
    }
    to.alpha = convert_alpha ? ZIMG_ALPHA_PREMULTIPLIED : ZIMG_ALPHA_NONE;

    zimg_image_buffer_const in = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    zimg_image_buffer out = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    uint8_t *copies[4] = {NULL};
    int status = 0;
    int sample = picture->depth > 8 ? 2 : 1;
    const int used[4] = {1, !grey, !grey, convert_alpha};
    for (int p = 0; p < 4 && !status; p++) {
        if (!used[p]) continue;
        const uint8_t *data = picture->data[p];
        ptrdiff_t stride = picture->stride[p];
        int chroma = p == 1 || p == 2;
        int width = chroma ? padded_width >> picture->sub_w : picture->width;
        int height = chroma ? padded_height >> picture->sub_h : picture->height;
        int whole_width = chroma ? width : padded_width, whole_height = chroma ? height : padded_height;
        if ((uintptr_t)data % 64 || stride % 64 || width != whole_width || height != whole_height) {
            copies[p] = padded_copy(data, stride, width, height, whole_width, whole_height, sample, &stride);
            if (!(data = copies[p])) status = AVERROR(ENOMEM);
        }
        set_const_plane(&in, p, data, stride);
        set_plane(&out, p, frame->data[p], frame->linesize[p]);
    }
    if (!status)
        status = colours ? run_with_colours(converter, &from, &to, &in, &out, colours)
            : cfs_zimg_run(converter->first, &from, &to, &in, &out);
    for (int p = 0; p < 4; p++) av_free(copies[p]);
    if (status) return status;
    if (grey || (alpha && !convert_alpha)) {
        for (int p = 1; p < cfs_plane_count(frame); p++) {
            if (p < 3 && !grey) continue;
            for (int y = 0; y < cfs_plane_height(frame, p); y++)
                memset(frame->data[p] + (ptrdiff_t)y * frame->linesize[p], p == 3 ? 255 : 128,
                       (size_t)cfs_plane_width(frame, p));
        }
    }
    return 0;
}
