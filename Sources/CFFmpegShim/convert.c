/* SPDX-License-Identifier: Apache-2.0 */
/* Colour and size conversion by zimg, and PNG output. */
#include "internal.h"

#include <string.h>
#include <zimg.h>

/* zimg's errors are per thread; its words go to libav's log, where the caller finds the last line. */
static int zimg_status(void) {
    char text[256] = "";
    int code = zimg_get_last_error(text, sizeof text);
    av_log(NULL, AV_LOG_ERROR, "zimg: %s\n", text[0] ? text : "unknown error");
    return code == ZIMG_ERROR_OUT_OF_MEMORY ? AVERROR(ENOMEM) : AVERROR(EINVAL);
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
    format.matrix_coefficients = picture->family == CFS_RGB ? ZIMG_MATRIX_RGB
        : picture->bt709 ? ZIMG_MATRIX_BT709 : ZIMG_MATRIX_ST170_M;
    format.pixel_range = picture->full_range ? ZIMG_RANGE_FULL : ZIMG_RANGE_LIMITED;
    format.chroma_location = picture->centred_chroma ? ZIMG_CHROMA_CENTER : ZIMG_CHROMA_LEFT;
    format.alpha = picture->has_alpha ? ZIMG_ALPHA_STRAIGHT : ZIMG_ALPHA_NONE;
    return format;
}

/* Builds a graph between two formats and runs it once. */
static int run(const zimg_image_format *from, const zimg_image_format *to, const zimg_image_buffer_const *in,
               const zimg_image_buffer *out) {
    zimg_graph_builder_params params;
    zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
    params.resample_filter = params.resample_filter_uv = ZIMG_RESIZE_BICUBIC;
    params.filter_param_a = params.filter_param_a_uv = 0;        /* Catmull-Rom, as in resample.c */
    params.filter_param_b = params.filter_param_b_uv = 0.5;
    params.dither_type = ZIMG_DITHER_NONE;                       /* flat colours stay flat */
    zimg_filter_graph *graph = zimg_filter_graph_build(from, to, &params);
    if (!graph) return zimg_status();
    size_t size = 0;
    void *scratch = NULL;
    int status = 0;
    if (zimg_filter_graph_get_tmp_size(graph, &size)) status = zimg_status();
    if (!status && !(scratch = av_malloc(size + 64))) status = AVERROR(ENOMEM);
    if (!status) {
        void *aligned = (void *)(((uintptr_t)scratch + 63) / 64 * 64);
        if (zimg_filter_graph_process(graph, in, out, aligned, NULL, NULL, NULL, NULL)) status = zimg_status();
    }
    av_free(scratch);
    zimg_filter_graph_free(graph);
    return status;
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

/* A copy whose rows begin at multiples of 64 bytes, which zimg's vector code requires, and whose last column and row are
   repeated up to the padded size; NULL if out of memory. */
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

int cfs_convert(const cfs_picture *picture, cfs_region region, cfs_frame *frame) {
    int alpha = frame->format == AV_PIX_FMT_YUVA420P;
    zimg_image_format from = format_of_picture(picture);
    from.active_region.left = region.left;
    from.active_region.top = region.top;
    from.active_region.width = region.width;
    from.active_region.height = region.height;
    if (!alpha) from.alpha = ZIMG_ALPHA_NONE;
    /* Subsampled pictures of odd sizes have chroma for a column or row more than they have luma; zimg wants both whole. */
    int across = 1 << picture->sub_w, down = 1 << picture->sub_h;
    int padded_width = (picture->width + across - 1) / across * across;
    int padded_height = (picture->height + down - 1) / down * down;
    from.width = (unsigned)padded_width;
    from.height = (unsigned)padded_height;
    int convert_alpha = alpha && picture->has_alpha;

    zimg_image_format to;
    zimg_image_format_default(&to, ZIMG_API_VERSION);
    to.width = (unsigned)frame->width;
    to.height = (unsigned)frame->height;
    to.pixel_type = ZIMG_PIXEL_BYTE;
    to.depth = 8;
    to.pixel_range = ZIMG_RANGE_LIMITED;
    int grey = picture->family == CFS_GREY;
    to.color_family = grey ? ZIMG_COLOR_GREY : ZIMG_COLOR_YUV;
    to.matrix_coefficients = grey ? from.matrix_coefficients : ZIMG_MATRIX_BT709;
    to.subsample_w = to.subsample_h = grey ? 0 : 1;
    to.chroma_location = ZIMG_CHROMA_LEFT;
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
    if (!status) status = run(&from, &to, &in, &out);
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

/* The frame as planar 8-bit RGB. */
static int to_rgb(const AVFrame *frame, AVFrame *rgb) {
    cfs_picture *picture = cfs_picture_from_frame(frame);
    if (!picture) return AVERROR(ENOMEM);
    zimg_image_format from = format_of_picture(picture);
    from.alpha = ZIMG_ALPHA_NONE;
    zimg_image_format to;
    zimg_image_format_default(&to, ZIMG_API_VERSION);
    to.width = from.width;
    to.height = from.height;
    to.pixel_type = ZIMG_PIXEL_BYTE;
    to.depth = 8;
    to.color_family = ZIMG_COLOR_RGB;
    to.matrix_coefficients = ZIMG_MATRIX_RGB;
    to.pixel_range = ZIMG_RANGE_FULL;
    zimg_image_buffer_const in = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    zimg_image_buffer out = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    const int place[3] = {2, 0, 1};   /* FFmpeg's planar RGB is stored G, B, R */
    for (int p = 0; p < 3; p++) {
        set_const_plane(&in, p, picture->data[p], picture->stride[p]);
        set_plane(&out, p, rgb->data[place[p]], rgb->linesize[place[p]]);
    }
    int status = run(&from, &to, &in, &out);
    cfs_picture_free(picture);
    return status;
}

int cfs_png_encode(const cfs_frame *frame, uint8_t **bytes, size_t *size) {
    *bytes = NULL;
    *size = 0;
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
    if (!codec) return AVERROR_ENCODER_NOT_FOUND;
    AVCodecContext *context = avcodec_alloc_context3(codec);
    AVPacket *packet = av_packet_alloc();
    AVFrame *planes = av_frame_alloc(), *packed = av_frame_alloc();
    int status = context && packet && planes && packed ? 0 : AVERROR(ENOMEM);
    if (!status) {
        planes->format = AV_PIX_FMT_GBRP;
        packed->format = AV_PIX_FMT_RGB24;
        planes->width = packed->width = frame->width;
        planes->height = packed->height = frame->height;
        status = av_frame_get_buffer(planes, 64);
        if (status >= 0) status = av_frame_get_buffer(packed, 64);
        if (status >= 0) status = to_rgb(frame, planes);
    }
    if (status >= 0) {
        for (int y = 0; y < frame->height; y++) {
            uint8_t *row = packed->data[0] + (ptrdiff_t)y * packed->linesize[0];
            const uint8_t *g = planes->data[0] + (ptrdiff_t)y * planes->linesize[0];
            const uint8_t *b = planes->data[1] + (ptrdiff_t)y * planes->linesize[1];
            const uint8_t *r = planes->data[2] + (ptrdiff_t)y * planes->linesize[2];
            for (int x = 0; x < frame->width; x++) {
                row[3 * x] = r[x];
                row[3 * x + 1] = g[x];
                row[3 * x + 2] = b[x];
            }
        }
        context->width = frame->width;
        context->height = frame->height;
        context->pix_fmt = AV_PIX_FMT_RGB24;
        context->time_base = (AVRational){1, 25};
        context->thread_count = 1;
        /* Prediction does more for a photograph's size than zlib's higher levels, and takes a tenth of their time. */
        context->compression_level = 1;
        status = av_opt_set(context->priv_data, "pred", "sub", 0);
        if (status >= 0) status = avcodec_open2(context, codec, NULL);
        if (status >= 0) status = avcodec_send_frame(context, packed);
        if (status >= 0) status = avcodec_receive_packet(context, packet);
    }
    if (status >= 0) {
        *bytes = av_memdup(packet->data, (size_t)packet->size);
        *size = (size_t)packet->size;
        status = *bytes ? 0 : AVERROR(ENOMEM);
    }
    av_frame_free(&planes);
    av_frame_free(&packed);
    av_packet_free(&packet);
    avcodec_free_context(&context);
    return status;
}

void cfs_bytes_free(uint8_t *bytes) { av_free(bytes); }
