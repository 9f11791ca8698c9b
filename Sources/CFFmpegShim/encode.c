/* SPDX-License-Identifier: Apache-2.0 */
/* Encoders. Frames are sent by reference; what comes out is timed in frames or samples. */
#include "internal.h"

#include <libavutil/channel_layout.h>
#include <string.h>

struct cfs_encoder {
    AVCodecContext *context;
    AVFrame *frame;        /* the reference handed to the encoder, reused */
};

cfs_packet *cfs_packet_create(void) { return av_packet_alloc(); }
void cfs_packet_free(cfs_packet *packet) { av_packet_free(&packet); }
int64_t cfs_packet_size(const cfs_packet *packet) { return packet->size; }

static int create(const AVCodec *codec, cfs_encoder **out) {
    *out = NULL;
    if (!codec) return AVERROR_ENCODER_NOT_FOUND;
    cfs_encoder *encoder = av_mallocz(sizeof *encoder);
    if (!encoder) return AVERROR(ENOMEM);
    encoder->context = avcodec_alloc_context3(codec);
    encoder->frame = av_frame_alloc();
    if (!encoder->context || !encoder->frame) {
        cfs_encoder_free(encoder);
        return AVERROR(ENOMEM);
    }
    encoder->context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    *out = encoder;
    return 0;
}

/* Opens what was created, or frees it. */
static int open_created(cfs_encoder **encoder) {
    int status = avcodec_open2((*encoder)->context, NULL, NULL);
    if (status < 0) {
        cfs_encoder_free(*encoder);
        *encoder = NULL;
    }
    return status < 0 ? status : 0;
}

int cfs_encoder_open_video(const cfs_video_options *options, cfs_encoder **encoder) {
    int status = create(avcodec_find_encoder_by_name(options->encoder), encoder);
    if (status < 0) return status;
    AVCodecContext *context = (*encoder)->context;
    context->width = options->width;
    context->height = options->height;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->sample_aspect_ratio = (AVRational){1, 1};
    context->time_base = (AVRational){options->rate_den, options->rate_num};
    context->framerate = (AVRational){options->rate_num, options->rate_den};
    context->gop_size = options->keyframe_interval;
    context->thread_count = options->threads;
    context->colorspace = AVCOL_SPC_BT709;
    context->color_primaries = AVCOL_PRI_BT709;
    context->color_trc = AVCOL_TRC_BT709;
    context->color_range = AVCOL_RANGE_MPEG;
    context->chroma_sample_location = AVCHROMA_LOC_LEFT;
    for (const char *const *option = options->options; option && option[0]; option += 2) {
        status = av_opt_set(context, option[0], option[1], AV_OPT_SEARCH_CHILDREN);
        if (status < 0) {
            av_log(context, AV_LOG_ERROR, "option %s=%s is not known to %s\n", option[0], option[1], options->encoder);
            cfs_encoder_free(*encoder);
            *encoder = NULL;
            return status;
        }
    }
    return open_created(encoder);
}

int cfs_encoder_open_aac(int bitrate, cfs_encoder **encoder) {
    int status = create(avcodec_find_encoder_by_name("aac"), encoder);
    if (status < 0) return status;
    AVCodecContext *context = (*encoder)->context;
    context->bit_rate = bitrate;
    context->sample_rate = CFS_SAMPLE_RATE;
    context->sample_fmt = AV_SAMPLE_FMT_FLTP;
    context->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    context->time_base = (AVRational){1, CFS_SAMPLE_RATE};
    context->thread_count = 1;
    return open_created(encoder);
}

void cfs_encoder_free(cfs_encoder *encoder) {
    if (!encoder) return;
    avcodec_free_context(&encoder->context);
    av_frame_free(&encoder->frame);
    av_free(encoder);
}

int cfs_encoder_frame_size(const cfs_encoder *encoder) { return encoder->context->frame_size; }

int cfs_encoder_send_frame(cfs_encoder *encoder, const cfs_frame *frame, int64_t index, int forced_key) {
    if (!frame) return avcodec_send_frame(encoder->context, NULL);
    int status = av_frame_ref(encoder->frame, frame);
    if (status < 0) return status;
    encoder->frame->pts = index;
    encoder->frame->pict_type = forced_key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    status = avcodec_send_frame(encoder->context, encoder->frame);
    av_frame_unref(encoder->frame);
    return status;
}

int cfs_encoder_send_samples(cfs_encoder *encoder, const float *samples, int count, int64_t position) {
    if (!samples) return avcodec_send_frame(encoder->context, NULL);
    AVFrame *frame = encoder->frame;
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->nb_samples = count;
    frame->sample_rate = CFS_SAMPLE_RATE;
    frame->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    frame->pts = position;
    int status = av_frame_get_buffer(frame, 0);
    if (status >= 0) {
        float *left = (float *)frame->extended_data[0], *right = (float *)frame->extended_data[1];
        for (int i = 0; i < count; i++) {
            left[i] = samples[2 * i];
            right[i] = samples[2 * i + 1];
        }
        status = avcodec_send_frame(encoder->context, frame);
    }
    av_frame_unref(frame);
    return status;
}

int cfs_encoder_receive(cfs_encoder *encoder, cfs_packet *packet) {
    int status = avcodec_receive_packet(encoder->context, packet);
    if (status == AVERROR(EAGAIN)) return CFS_NEEDS_INPUT;
    if (status == AVERROR_EOF) return CFS_FINISHED;
    /* Video encoders of some versions leave the duration out; it is one frame, always. */
    if (status == 0 && encoder->context->codec_type == AVMEDIA_TYPE_VIDEO) packet->duration = 1;
    return status;
}

const AVCodecContext *cfs_encoder_context(const cfs_encoder *encoder) { return encoder->context; }
