/* SPDX-License-Identifier: Apache-2.0 */
/* Conversion of working frames for encoders that do not take them directly. */
#include "graphs.h"

#include <string.h>

static const uint8_t *row_of(const AVFrame *frame, int plane, int y) {
    return frame->data[plane] + (ptrdiff_t)y * frame->linesize[plane];
}

static uint8_t *target_row(AVFrame *frame, int plane, int y) {
    return frame->data[plane] + (ptrdiff_t)y * frame->linesize[plane];
}

/* Widens 8 bits to 16, shifted left by `shift`: 2 gives 10-bit samples, 8 the upper bits that P010 uses. */
static void widen(const uint8_t *from, uint8_t *to, int count, int shift) {
    uint16_t *words = (uint16_t *)to;
    for (int x = 0; x < count; x++) words[x] = (uint16_t)(from[x] << shift);
}

/* Converts to NV12, or to P010, whose samples are words. */
static void semi_planar(const AVFrame *source, AVFrame *target, int wide) {
    for (int y = 0; y < source->height; y++) {
        if (wide) widen(row_of(source, 0, y), target_row(target, 0, y), source->width, 8);
        else memcpy(target_row(target, 0, y), row_of(source, 0, y), (size_t)source->width);
    }
    int columns = cfs_plane_width(source, 1);
    for (int y = 0; y < cfs_plane_height(source, 1); y++) {
        const uint8_t *u = row_of(source, 1, y), *v = row_of(source, 2, y);
        uint8_t *bytes = target_row(target, 1, y);
        uint16_t *words = (uint16_t *)bytes;
        for (int x = 0; x < columns; x++) {
            if (wide) {
                words[2 * x] = (uint16_t)(u[x] << 8);
                words[2 * x + 1] = (uint16_t)(v[x] << 8);
            } else {
                bytes[2 * x] = u[x];
                bytes[2 * x + 1] = v[x];
            }
        }
    }
}

/* Converts to planar formats with another depth, subsampling, range or matrix. Alpha, which has no range, is scaled. */
static int planar(cfs_kept_graph *kept, const AVFrame *source, AVFrame *target, int depth, int rgb, int full_bt601) {
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(target->format);
    zimg_image_format from, to;
    cfs_zimg_working(&from, source->width, source->height);
    to = from;
    to.pixel_type = depth > 8 ? ZIMG_PIXEL_WORD : ZIMG_PIXEL_BYTE;
    to.depth = (unsigned)depth;
    to.subsample_w = format->log2_chroma_w;
    to.subsample_h = format->log2_chroma_h;
    if (rgb) {
        to.color_family = ZIMG_COLOR_RGB;
        to.matrix_coefficients = ZIMG_MATRIX_RGB;
        to.pixel_range = ZIMG_RANGE_FULL;
    }
    if (full_bt601) {   /* JFIF's colours, chroma centred among its four pixels */
        to.matrix_coefficients = ZIMG_MATRIX_ST170_M;
        to.pixel_range = ZIMG_RANGE_FULL;
        to.chroma_location = ZIMG_CHROMA_CENTER;
    }
    const int place[3] = {rgb ? 2 : 0, rgb ? 0 : 1, rgb ? 1 : 2};   /* FFmpeg's planar RGB is stored G, B, R */
    zimg_image_buffer_const in = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    zimg_image_buffer out = {ZIMG_API_VERSION, {{NULL, 0, 0}}};
    for (int p = 0; p < 3; p++) {
        in.plane[p].data = source->data[p];
        in.plane[p].stride = source->linesize[p];
        in.plane[p].mask = ZIMG_BUFFER_MAX;
        out.plane[p].data = target->data[place[p]];
        out.plane[p].stride = target->linesize[place[p]];
        out.plane[p].mask = ZIMG_BUFFER_MAX;
    }
    int status = cfs_zimg_run(kept, &from, &to, &in, &out);
    if (status || !(format->flags & AV_PIX_FMT_FLAG_ALPHA)) return status;
    for (int y = 0; y < source->height; y++) {
        const uint8_t *alpha = source->data[3] ? row_of(source, 3, y) : NULL;
        uint16_t *words = (uint16_t *)target_row(target, 3, y);
        for (int x = 0; x < source->width; x++) words[x] = alpha ? (uint16_t)(alpha[x] << 2 | alpha[x] >> 6) : 1023;
    }
    return 0;
}

/* Converts to interleaved 8-bit RGB. `order` is the position of R, G, B and alpha in a pixel. */
static int packed(cfs_kept_graph *kept, const AVFrame *source, AVFrame *target, int step, const int order[4]) {
    AVFrame *planes = av_frame_alloc();
    if (!planes) return AVERROR(ENOMEM);
    planes->format = AV_PIX_FMT_GBRP;
    planes->width = source->width;
    planes->height = source->height;
    int status = av_frame_get_buffer(planes, 64);
    if (status >= 0) status = planar(kept, source, planes, 8, 1, 0);
    for (int y = 0; y < source->height && status >= 0; y++) {
        const uint8_t *g = row_of(planes, 0, y), *b = row_of(planes, 1, y), *r = row_of(planes, 2, y);
        const uint8_t *alpha = source->data[3] ? row_of(source, 3, y) : NULL;
        uint8_t *pixel = target_row(target, 0, y);
        for (int x = 0; x < source->width; x++, pixel += step) {
            pixel[order[0]] = r[x];
            pixel[order[1]] = g[x];
            pixel[order[2]] = b[x];
            if (step == 4) pixel[order[3]] = alpha ? alpha[x] : 255;
        }
    }
    av_frame_free(&planes);
    return status < 0 ? status : 0;
}

int cfs_adapt(cfs_kept_graph *kept, const AVFrame *source, AVFrame *target) {
    static const int rgba[4] = {0, 1, 2, 3}, bgra[4] = {2, 1, 0, 3};
    switch (target->format) {
    case AV_PIX_FMT_YUV420P10LE:
        for (int p = 0; p < 3; p++)
            for (int y = 0; y < cfs_plane_height(source, p); y++)
                widen(row_of(source, p, y), target_row(target, p, y), cfs_plane_width(source, p), 2);
        return 0;
    case AV_PIX_FMT_NV12: semi_planar(source, target, 0); return 0;
    case AV_PIX_FMT_P010LE: semi_planar(source, target, 1); return 0;
    case AV_PIX_FMT_YUV422P10LE:
    case AV_PIX_FMT_YUVA444P10LE: return planar(kept, source, target, 10, 0, 0);
    case AV_PIX_FMT_YUVJ420P: return planar(kept, source, target, 8, 0, 1);
    case AV_PIX_FMT_RGB24: return packed(kept, source, target, 3, rgba);
    case AV_PIX_FMT_RGBA: return packed(kept, source, target, 4, rgba);
    case AV_PIX_FMT_BGRA: return packed(kept, source, target, 4, bgra);
    default: return AVERROR(ENOSYS);
    }
}
