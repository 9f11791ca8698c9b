/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded pictures in planes. */
#include "planes.h"

#include <string.h>

/* Cairo, which draws SVG, multiplies colours by alpha; libav's RGB32 does not. */
void cfs_unpremultiply(AVFrame *frame) {
    for (int y = 0; y < frame->height; y++) {
        uint32_t *row = (uint32_t *)(void *)(frame->data[0] + (ptrdiff_t)y * frame->linesize[0]);
        for (int x = 0; x < frame->width; x++) {
            uint32_t pixel = row[x], a = pixel >> 24;
            if (a == 0 || a == 255) continue;
            uint32_t r = pixel >> 16 & 255, g = pixel >> 8 & 255, b = pixel & 255;
            r = (r * 255 + a / 2) / a;
            g = (g * 255 + a / 2) / a;
            b = (b * 255 + a / 2) / a;
            row[x] = a << 24 | (uint32_t)cfs_min((int)r, 255) << 16 | (uint32_t)cfs_min((int)g, 255) << 8 | (uint32_t)cfs_min((int)b, 255);
        }
    }
}

AVFrame *cfs_planar_frame(enum AVPixelFormat format, int width, int height) {
    AVFrame *frame = av_frame_alloc();
    if (!frame) return NULL;
    frame->format = format;
    frame->width = width;
    frame->height = height;
    if (av_frame_get_buffer(frame, 64) < 0) av_frame_free(&frame);
    return frame;
}

/* Returns a sample of `depth` bits, scaled to 8 bits. */
static inline unsigned to_eight(unsigned value, int depth) {
    unsigned top = (1u << depth) - 1;
    return (value * 255 + top / 2) / top;
}

/* Splits one row of 8-bit packed RGB, three or four bytes per pixel, in any order. */
static void split_row8(const uint8_t *in, int step, const int *offset, int components, int width, uint8_t *const *out) {
    for (int c = 0; c < components; c++) {
        const uint8_t *from = in + offset[c];
        uint8_t *to = out[c];
        for (int x = 0; x < width; x++) to[x] = from[(ptrdiff_t)x * step];
    }
}

/* Splits any packed, palette, bit-packed or big-endian format into planes of 8 bits, or of 16 bits in native byte
   order. The caller frees the result. Returns NULL if out of memory. */
AVFrame *cfs_to_planes(const AVFrame *in, const AVPixFmtDescriptor *desc) {
    int palette = !!(desc->flags & AV_PIX_FMT_FLAG_PAL);
    int components = palette ? 4 : desc->nb_components;
    int colours = components >= 3 ? 3 : 1;
    int alpha = palette || (desc->flags & AV_PIX_FMT_FLAG_ALPHA);
    int depth = palette ? 8 : desc->comp[0].depth;
    int wide = depth > 8;
    enum AVPixelFormat format = alpha ? (wide ? AV_PIX_FMT_GBRAP16 : AV_PIX_FMT_GBRAP)
        : colours == 3 ? (wide ? AV_PIX_FMT_GBRP16 : AV_PIX_FMT_GBRP)
        : (wide ? AV_PIX_FMT_GRAY16 : AV_PIX_FMT_GRAY8);
    AVFrame *out = cfs_planar_frame(format, in->width, in->height);
    uint16_t *row = av_malloc_array((size_t)in->width, sizeof *row);
    if (!out || !row) {
        av_frame_free(&out);
        av_free(row);
        return NULL;
    }
    /* FFmpeg's planar RGB is stored G, B, R, A. */
    const int place[4] = {2, 0, 1, 3};
    int packed8 = !palette && !wide && colours == 3 && !(desc->flags & (AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_PLANAR));
    int offset[4] = {0};
    for (int c = 0; c < components && !palette; c++) {
        offset[c] = desc->comp[c].offset;
        packed8 = packed8 && desc->comp[c].depth == 8 && desc->comp[c].plane == 0;
    }
    for (int y = 0; y < in->height; y++) {
        uint8_t *rows[4];
        for (int p = 0; p < 4; p++)
            rows[p] = out->data[p] ? out->data[p] + (ptrdiff_t)y * out->linesize[p] : NULL;
        if (packed8) {
            uint8_t *const targets[4] = {rows[2], rows[0], rows[1], rows[3]};
            split_row8(in->data[0] + (ptrdiff_t)y * in->linesize[0], desc->comp[0].step, offset, components, in->width,
                       targets);
            continue;
        }
        if (palette) {
            const uint8_t *indices = in->data[0] + (ptrdiff_t)y * in->linesize[0];
            const uint32_t *colours_argb = (const uint32_t *)(const void *)in->data[1];   /* in native byte order */
            for (int x = 0; x < in->width; x++) {
                uint32_t colour = colours_argb[indices[x]];
                rows[3][x] = (uint8_t)(colour >> 24);
                rows[2][x] = (uint8_t)(colour >> 16);
                rows[0][x] = (uint8_t)(colour >> 8);
                rows[1][x] = (uint8_t)colour;
            }
            continue;
        }
        for (int c = 0; c < components; c++) {
            av_read_image_line2(row, (const uint8_t **)in->data, in->linesize, desc, 0, y, c, in->width, 0, 2);
            int is_alpha = alpha && c == components - 1;
            int bits = desc->comp[c].depth;
            int first = is_alpha ? 3 : colours == 3 ? place[c] : 0;
            int last = !is_alpha && colours == 1 && alpha ? 2 : first;   /* grey with alpha becomes RGB with alpha */
            for (int p = first; p <= last; p++) {
                if (wide) {
                    uint16_t *to = (uint16_t *)rows[p];
                    unsigned top = (1u << bits) - 1;
                    for (int x = 0; x < in->width; x++)
                        to[x] = bits == 16 ? row[x] : (uint16_t)((row[x] * 65535u + top / 2) / top);
                } else {
                    for (int x = 0; x < in->width; x++)
                        rows[p][x] = bits == 8 ? (uint8_t)row[x] : (uint8_t)to_eight(row[x], bits);
                }
            }
        }
    }
    av_free(row);
    out->color_range = AVCOL_RANGE_JPEG;
    return out;
}

/* Returns whether the frame is planar YUV in native byte order, which zimg takes directly. */
int cfs_is_planar_yuv(const AVPixFmtDescriptor *desc) {
    if (desc->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BE))
        return 0;
    return (desc->flags & AV_PIX_FMT_FLAG_PLANAR) && desc->nb_components >= 3 && desc->comp[0].shift == 0;
}

/* Describes a planar frame as a picture. Takes ownership of the frame, even on failure. Returns NULL if out of
   memory. */
cfs_picture *cfs_describe(AVFrame *frame) {
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    cfs_picture *picture = av_mallocz(sizeof *picture);
    if (!picture) {
        av_frame_free(&frame);
        return NULL;
    }
    picture->frame = frame;
    picture->width = frame->width;
    picture->height = frame->height;
    picture->depth = desc->comp[0].depth;
    picture->has_alpha = !!(desc->flags & AV_PIX_FMT_FLAG_ALPHA);
    picture->family = desc->flags & AV_PIX_FMT_FLAG_RGB ? CFS_RGB : desc->nb_components >= 3 ? CFS_YUV : CFS_GREY;
    picture->sub_w = picture->family == CFS_YUV ? desc->log2_chroma_w : 0;
    picture->sub_h = picture->family == CFS_YUV ? desc->log2_chroma_h : 0;
    picture->matrix = frame->colorspace == AVCOL_SPC_BT709 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    picture->chroma = frame->chroma_location == AVCHROMA_LOC_LEFT ? AVCHROMA_LOC_LEFT : AVCHROMA_LOC_CENTER;
    const char *name = desc->name;
    picture->full_range = picture->family != CFS_YUV || frame->color_range == AVCOL_RANGE_JPEG
        || !strncmp(name, "yuvj", 4);
    const int rgb_planes[4] = {2, 0, 1, 3};
    for (int p = 0; p < 4; p++) {
        int plane = picture->family == CFS_RGB ? rgb_planes[p] : p;
        picture->data[p] = frame->data[plane];
        picture->stride[p] = frame->linesize[plane];
    }
    return picture;
}

int cfs_describe_any(AVFrame *frame, cfs_picture **picture) {
    *picture = NULL;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    if (!desc || desc->comp[0].depth > 16 || (desc->flags & (AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_HWACCEL))) {
        av_frame_free(&frame);
        return AVERROR_PATCHWELCOME;
    }
    if (!cfs_is_planar_yuv(desc)) {
        AVFrame *planes = cfs_to_planes(frame, desc);
        av_frame_free(&frame);
        if (!(frame = planes)) return AVERROR(ENOMEM);
    }
    *picture = cfs_describe(frame);
    return *picture ? 0 : AVERROR(ENOMEM);
}

int cfs_describe_packed(const uint8_t *samples, int stride, enum AVPixelFormat format, int width, int height,
                        cfs_picture **picture) {
    AVFrame *frame = av_frame_alloc();
    if (!frame) return AVERROR(ENOMEM);
    frame->format = format;
    frame->width = width;
    frame->height = height;
    frame->data[0] = (uint8_t *)samples;   /* only read */
    frame->linesize[0] = stride;
    AVFrame *planes = cfs_to_planes(frame, av_pix_fmt_desc_get(format));
    av_frame_free(&frame);
    *picture = planes ? cfs_describe(planes) : NULL;
    return *picture ? 0 : AVERROR(ENOMEM);
}
