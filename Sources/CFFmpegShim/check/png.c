/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels as a PNG file. */
#include "../internal.h"

#include <string.h>

static int encode(AVCodecContext *encoder, const AVFrame *frame, AVPacket *packet, uint8_t **bytes, size_t *size) {
    int status = avcodec_send_frame(encoder, frame);
    if (status >= 0) status = avcodec_send_frame(encoder, NULL);
    if (status >= 0) status = avcodec_receive_packet(encoder, packet);
    if (status < 0) return status;
    if (!(*bytes = av_memdup(packet->data, (size_t)packet->size))) return AVERROR(ENOMEM);
    *size = (size_t)packet->size;
    return 0;
}

int cfs_png_encode(const uint8_t *pixels, int width, int height, uint8_t **bytes, size_t *size) {
    *bytes = NULL;
    *size = 0;
    if (width < 1 || height < 1 || width > 32767 || height > 32767) return AVERROR(EINVAL);
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
    if (!codec) return AVERROR_ENCODER_NOT_FOUND;
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    AVFrame *frame = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    int status = AVERROR(ENOMEM);
    if (encoder && frame && packet) {
        encoder->width = frame->width = width;
        encoder->height = frame->height = height;
        encoder->pix_fmt = AV_PIX_FMT_RGBA;
        frame->format = AV_PIX_FMT_RGBA;
        encoder->time_base = (AVRational){1, 1};
        encoder->thread_count = 1;
        status = av_frame_get_buffer(frame, 0);
        for (int y = 0; status >= 0 && y < height; y++)
            memcpy(frame->data[0] + (ptrdiff_t)y * frame->linesize[0], pixels + (size_t)y * (size_t)width * 4, (size_t)width * 4);
        if (status >= 0) status = avcodec_open2(encoder, codec, NULL);
        if (status >= 0) status = encode(encoder, frame, packet, bytes, size);
    }
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&encoder);
    return status < 0 ? status : 0;
}

void cfs_png_free(uint8_t *bytes) { av_free(bytes); }
