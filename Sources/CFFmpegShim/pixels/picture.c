/* SPDX-License-Identifier: Apache-2.0 */
/* Still pictures: decoding and turning upright. */
#include "heif.h"
#include "planes.h"
#include "tidy.h"

#include <string.h>

static enum AVCodecID codec_id(enum cfs_image_codec codec) {
    switch (codec) {
    case CFS_JPEG: return AV_CODEC_ID_MJPEG;
    case CFS_PNG: return AV_CODEC_ID_PNG;
    case CFS_WEBP: return AV_CODEC_ID_WEBP;
    case CFS_GIF: return AV_CODEC_ID_GIF;
    case CFS_TIFF: return AV_CODEC_ID_TIFF;
    case CFS_BMP: return AV_CODEC_ID_BMP;
    case CFS_SVG: return AV_CODEC_ID_SVG;
    case CFS_HEIF: break;
    }
    return AV_CODEC_ID_NONE;
}

int cfs_picture_has_decoder(enum cfs_image_codec codec) {
    return codec == CFS_HEIF ? cfs_heif_is_there() : avcodec_find_decoder(codec_id(codec)) != NULL;
}

/* Decodes the first frame of the whole file, sent as one packet. */
static int decode(const uint8_t *bytes, size_t size, enum cfs_image_codec codec, int64_t max_pixels, int reduce,
                  int width, int height, AVFrame *frame) {
    const AVCodec *decoder = avcodec_find_decoder(codec_id(codec));
    if (!decoder) return AVERROR_DECODER_NOT_FOUND;
    AVCodecContext *context = avcodec_alloc_context3(decoder);
    AVPacket *packet = av_packet_alloc();
    int status = AVERROR(ENOMEM);
    if (context && packet) {
        context->thread_count = 1;
        context->max_pixels = max_pixels;
        context->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK;
        context->lowres = codec == CFS_JPEG ? cfs_min(reduce, decoder->max_lowres) : 0;
        /* We apply a JPEG's rotation ourselves, in the same way for every format and version. */
        AVDictionary *options = NULL;
        if (codec == CFS_SVG && width > 0 && height > 0) {
            av_dict_set_int(&options, "width", width, 0);
            av_dict_set_int(&options, "height", height, 0);
            av_dict_set_int(&options, "keep_ar", 0, 0);
        }
        status = avcodec_open2(context, decoder, &options);
        av_dict_free(&options);
    }
    if (status >= 0) {
        packet->data = (uint8_t *)bytes;   /* not reference counted, so the decoder copies what it keeps */
        packet->size = (int)size;
        packet->flags = AV_PKT_FLAG_KEY;
        status = avcodec_send_packet(context, packet);
    }
    if (status >= 0) status = avcodec_send_packet(context, NULL);
    if (status >= 0) status = avcodec_receive_frame(context, frame);
    if (status == AVERROR_EOF || status == AVERROR(EAGAIN)) status = CFS_CUT_SHORT;
    if (status == 0 && frame->decode_error_flags) status = AVERROR_INVALIDDATA;
    av_packet_free(&packet);
    avcodec_free_context(&context);
    return status;
}

/* RFC 9649 §2.7: the flags after the extended header. */
static int is_animated_webp(const uint8_t *bytes, size_t size) {
    return size > 20 && !memcmp(bytes + 12, "VP8X", 4) && (bytes[20] & 2);
}

int cfs_picture_decode(uint8_t *bytes, size_t size, enum cfs_image_codec codec, int64_t max_pixels, int reduce, int width,
                       int height, cfs_picture **picture) {
    *picture = NULL;
    if (size > INT32_MAX - AV_INPUT_BUFFER_PADDING_SIZE) return CFS_TOO_LARGE;
    if (codec == CFS_HEIF) return cfs_heif_decode(bytes, size, max_pixels, picture);
    if (codec == CFS_WEBP && is_animated_webp(bytes, size)) return cfs_webp_first(bytes, size, max_pixels, picture);
    AVFrame *frame = av_frame_alloc();
    if (!frame) return AVERROR(ENOMEM);
    if (codec == CFS_TIFF) cfs_tidy_tiff(bytes, size);
    int has_profile = codec == CFS_PNG && cfs_tidy_png(bytes, size, 1);
    int status = decode(bytes, size, codec, max_pixels, reduce, width, height, frame);
    if (status && has_profile) {
        /* The profile may be what is broken. */
        cfs_tidy_png(bytes, size, 0);
        status = decode(bytes, size, codec, max_pixels, reduce, width, height, frame);
    }
    if (status) {
        av_frame_free(&frame);
        return status;
    }
    if (codec == CFS_SVG && frame->format == AV_PIX_FMT_RGB32) cfs_unpremultiply(frame);
    AVBufferRef *profile = NULL;
    const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_ICC_PROFILE);
    if (side && !(profile = av_buffer_alloc(side->size))) {
        av_frame_free(&frame);
        return AVERROR(ENOMEM);
    }
    if (profile) memcpy(profile->data, side->data, side->size);
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    if (codec == CFS_JPEG && desc && !(desc->flags & AV_PIX_FMT_FLAG_RGB)) frame->color_range = AVCOL_RANGE_JPEG;
    status = cfs_describe_any(frame, picture);
    if (status == 0) (*picture)->profile = profile;
    else av_buffer_unref(&profile);
    return status;
}

void cfs_picture_free(cfs_picture *picture) {
    if (!picture) return;
    av_frame_free(&picture->frame);
    av_buffer_unref(&picture->profile);
    av_free(picture);
}

int cfs_picture_is_grey(const cfs_picture *picture) { return picture->family == CFS_GREY; }

const uint8_t *cfs_picture_profile(const cfs_picture *picture, size_t *size) {
    *size = picture->profile ? picture->profile->size : 0;
    return picture->profile ? picture->profile->data : NULL;
}

int cfs_picture_width(const cfs_picture *picture) { return picture->width; }
int cfs_picture_height(const cfs_picture *picture) { return picture->height; }
int cfs_picture_has_alpha(const cfs_picture *picture) { return picture->has_alpha; }

/* Copies a plane so that target (x, y) is source (x, y) after swapping axes and flipping. Tiles keep both sides of a
   transposition in the cache. */
#define DEFINE_TURN(name, type)                                                                                        \
    static void name(const uint8_t *in, ptrdiff_t in_stride, int in_w, int in_h, uint8_t *out, ptrdiff_t out_stride,   \
                     int swap, int flip_x, int flip_y) {                                                               \
        enum { TILE = 32 };                                                                                            \
        int out_w = swap ? in_h : in_w, out_h = swap ? in_w : in_h;                                                    \
        for (int ty = 0; ty < out_h; ty += TILE)                                                                       \
            for (int tx = 0; tx < out_w; tx += TILE)                                                                   \
                for (int y = ty; y < cfs_min(ty + TILE, out_h); y++) {                                                 \
                    type *to = (type *)(out + (ptrdiff_t)y * out_stride);                                              \
                    for (int x = tx; x < cfs_min(tx + TILE, out_w); x++) {                                             \
                        int sx = swap ? y : x, sy = swap ? x : y;                                                      \
                        if (flip_x) sx = in_w - 1 - sx;                                                                \
                        if (flip_y) sy = in_h - 1 - sy;                                                                \
                        to[x] = ((const type *)(in + (ptrdiff_t)sy * in_stride))[sx];                                  \
                    }                                                                                                  \
                }                                                                                                      \
    }
DEFINE_TURN(turn8, uint8_t)
DEFINE_TURN(turn16, uint16_t)

int cfs_picture_orient(cfs_picture *picture, int orientation) {
    /* EXIF 2.3, table 6: the position of the stored rows and columns in the upright picture. The flips apply to the
       source. */
    static const struct { int swap, flip_x, flip_y; } turns[9] = {
        {0, 0, 0}, {0, 0, 0}, {0, 1, 0}, {0, 1, 1}, {0, 0, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 1}, {1, 1, 0},
    };
    if (orientation <= 1 || orientation > 8) return 0;
    int swap = turns[orientation].swap;
    size_t sample = picture->depth > 8 ? 2 : 1;
    size_t total = 0, offset[4];
    int width[4], height[4], planes = (picture->family == CFS_GREY ? 1 : 3);
    int used[4] = {1, planes > 1, planes > 1, picture->has_alpha};
    for (int p = 0; p < 4; p++) {
        int chroma = p == 1 || p == 2;
        width[p] = chroma ? AV_CEIL_RSHIFT(picture->width, picture->sub_w) : picture->width;
        height[p] = chroma ? AV_CEIL_RSHIFT(picture->height, picture->sub_h) : picture->height;
        offset[p] = total;
        size_t stride = ((size_t)(swap ? height[p] : width[p]) * sample + 63) / 64 * 64;
        if (used[p]) total += stride * (size_t)(swap ? width[p] : height[p]) + 64;
    }
    AVFrame *turned = av_frame_alloc();
    if (turned) turned->buf[0] = av_buffer_alloc(total + 64);
    if (!turned || !turned->buf[0]) {
        av_frame_free(&turned);
        return AVERROR(ENOMEM);
    }
    uint8_t *base = (uint8_t *)(((uintptr_t)turned->buf[0]->data + 63) / 64 * 64);
    for (int p = 0; p < 4; p++) {
        if (!used[p]) continue;
        ptrdiff_t stride = (ptrdiff_t)(((size_t)(swap ? height[p] : width[p]) * sample + 63) / 64 * 64);
        (sample == 2 ? turn16 : turn8)(picture->data[p], picture->stride[p], width[p], height[p], base + offset[p], stride,
                                       swap, turns[orientation].flip_x, turns[orientation].flip_y);
        picture->data[p] = base + offset[p];
        picture->stride[p] = stride;
    }
    if (swap) {
        int w = picture->width, s = picture->sub_w;
        picture->width = picture->height;
        picture->height = w;
        picture->sub_w = picture->sub_h;
        picture->sub_h = s;
    }
    av_frame_free(&picture->frame);
    picture->frame = turned;
    return 0;
}
