/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding. Frames are sent by reference if the encoder takes the working format, and otherwise converted. Output is timed
   in frames or samples. */
#include "encoder.h"

#include <libavutil/channel_layout.h>
#include <libavutil/hwcontext.h>
#include <libavutil/imgutils.h>
#include <math.h>
#include <string.h>

/* Ends SVT-AV1, which hangs (seen in 1.4.1) if it is closed before the end of input is signalled, or without a
   picture. */
static void end_svt(cfs_encoder *encoder) {
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = encoder->frames_sent ? NULL : av_frame_alloc();
    if (frame) {
        frame->format = encoder->context->pix_fmt;
        frame->width = encoder->context->width;
        frame->height = encoder->context->height;
        frame->pts = 0;
        if (av_frame_get_buffer(frame, 0) >= 0) {
            for (int p = 0; p < 3; p++)
                memset(frame->data[p], 0, (size_t)frame->linesize[p] * (size_t)cfs_plane_height(frame, p));
            avcodec_send_frame(encoder->context, frame);
        }
    }
    avcodec_send_frame(encoder->context, NULL);
    while (packet && avcodec_receive_packet(encoder->context, packet) >= 0) av_packet_unref(packet);
    av_frame_free(&frame);
    av_packet_free(&packet);
}

void cfs_encoder_free(cfs_encoder *encoder) {
    if (!encoder) return;
    if (encoder->is_svt && encoder->context && avcodec_is_open(encoder->context) && !encoder->has_ended) end_svt(encoder);
    /* Chunks of sound end before their encoders do, which say on closing that something is left in them. */
    if (encoder->context) encoder->context->log_level_offset = AV_LOG_TRACE;
    avcodec_free_context(&encoder->context);
    av_frame_free(&encoder->frame);
    av_frame_free(&encoder->upload);
    av_buffer_pool_uninit(&encoder->pool);
    cfs_kept_graph_free(encoder->graph);
    av_bsf_free(&encoder->colours);
    av_free(encoder);
}

int cfs_encoder_frame_size(const cfs_encoder *encoder) { return encoder->context->frame_size; }
int cfs_encoder_padding(const cfs_encoder *encoder) { return encoder->context->initial_padding; }

int cfs_encoder_header(const cfs_encoder *encoder, const uint8_t **bytes) {
    *bytes = encoder->context->extradata;
    return *bytes ? encoder->context->extradata_size : 0;
}

/* Returns the decoding delay that libx265 does not report: two with B-frames, to which other frames may refer. Its
   first packet's decoding time shows the delay only if two more pictures follow; otherwise it comes from uninitialised
   memory (seen in 3.5). */
static int x265_delay(const AVCodecContext *context) {
    return !strcmp(context->codec->name, "libx265") && context->max_b_frames ? 2 : 0;
}

int cfs_encoder_delay(const cfs_encoder *encoder) {
    return FFMAX(encoder->context->has_b_frames, x265_delay(encoder->context));
}

/* Sets up a frame in the encoder's format with undefined pixels. */
static int pooled_frame(cfs_encoder *encoder, AVFrame *frame) {
    frame->format = encoder->format;
    frame->width = encoder->context->width;
    frame->height = encoder->context->height;
    frame->buf[0] = av_buffer_pool_get(encoder->pool);
    if (!frame->buf[0]) return AVERROR(ENOMEM);
    uint8_t *first = (uint8_t *)(((uintptr_t)frame->buf[0]->data + 63) / 64 * 64);
    int status = av_image_fill_arrays(frame->data, frame->linesize, first, encoder->format, frame->width, frame->height, 64);
    return status < 0 ? status : 0;
}

/* Requests a quantiser that is `steps` lower over the whole picture. */
static int make_finer(AVFrame *frame, int steps) {
    AVFrameSideData *data = av_frame_new_side_data(frame, AV_FRAME_DATA_REGIONS_OF_INTEREST, sizeof(AVRegionOfInterest));
    if (!data) return AVERROR(ENOMEM);
    /* libx264 multiplies the offset by its 51 steps. */
    *(AVRegionOfInterest *)data->data = (AVRegionOfInterest){
        .self_size = sizeof(AVRegionOfInterest), .bottom = frame->height, .right = frame->width, .qoffset = {-steps, 51}};
    return 0;
}

int cfs_encoder_send_frame(cfs_encoder *encoder, const cfs_frame *frame, int64_t index, int forced_key, int finer) {
    if (!frame) return avcodec_send_frame(encoder->context, NULL);
    AVFrame *sent = encoder->frame;
    int status;
    if (encoder->palette) {
        status = cfs_palette_apply(encoder->palette, frame, sent);
    } else if (frame->format == (int)encoder->format) {
        status = av_frame_ref(sent, frame);
    } else {
        status = pooled_frame(encoder, sent);
        if (status >= 0) status = cfs_adapt(encoder->graph, frame, sent);
    }
    if (status >= 0 && encoder->context->hw_frames_ctx) {
        status = av_hwframe_get_buffer(encoder->context->hw_frames_ctx, encoder->upload, 0);
        if (status >= 0) status = av_hwframe_transfer_data(encoder->upload, sent, 0);
        av_frame_unref(sent);
        if (status >= 0) av_frame_move_ref(sent, encoder->upload);
        else av_frame_unref(encoder->upload);
    }
    if (status >= 0) {
        const AVCodecContext *context = encoder->context;
        sent->colorspace = context->colorspace;
        sent->color_primaries = context->color_primaries;
        sent->color_trc = context->color_trc;
        sent->color_range = context->color_range;
        sent->chroma_location = context->chroma_sample_location;
        sent->sample_aspect_ratio = (AVRational){1, 1};
        sent->quality = context->global_quality;
        sent->pts = index;
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 2, 100)
        sent->duration = 1;
#endif
        sent->pict_type = forced_key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
        if (finer > 0) status = make_finer(sent, finer);
        if (status >= 0) status = avcodec_send_frame(encoder->context, sent);
        if (status >= 0) encoder->frames_sent = 1;
    }
    av_frame_unref(sent);
    return status;
}

/* Writes `count` samples of each channel to the frame in the frame's format. Integers are clipped at full scale. */
static void store_samples(AVFrame *frame, const float *samples, int count) {
    int channels = frame->ch_layout.nb_channels;
    if (frame->format == AV_SAMPLE_FMT_FLT) {
        memcpy(frame->data[0], samples, (size_t)(count * channels) * sizeof *samples);
    } else if (frame->format == AV_SAMPLE_FMT_S32) {
        /* 24 bits in the upper bytes. */
        int32_t *words = (int32_t *)frame->data[0];
        for (int i = 0; i < channels * count; i++) {
            float value = fminf(fmaxf(samples[i] * 8388608.0f, -8388608.0f), 8388607.0f);
            words[i] = (int32_t)lrintf(value) * 256;
        }
    } else {
        for (int channel = 0; channel < channels; channel++) {
            float *plane = (float *)frame->extended_data[channel];
            for (int i = 0; i < count; i++) plane[i] = samples[i * channels + channel];
        }
    }
}

int cfs_encoder_send_samples(cfs_encoder *encoder, const float *samples, int count, int64_t position) {
    if (!samples) return avcodec_send_frame(encoder->context, NULL);
    AVFrame *frame = encoder->frame;
    frame->format = encoder->context->sample_fmt;
    frame->nb_samples = count;
    frame->sample_rate = encoder->context->sample_rate;
    frame->ch_layout = encoder->context->ch_layout;
    frame->pts = position;
    int status = av_frame_get_buffer(frame, 0);
    if (status >= 0) {
        store_samples(frame, samples, count);
        status = avcodec_send_frame(encoder->context, frame);
    }
    av_frame_unref(frame);
    return status;
}

/* Sets up a filter that writes our colours into the parameter sets of a driver that writes its own. */
static int write_colours(cfs_encoder *encoder) {
    const AVCodecContext *context = encoder->context;
    const AVBitStreamFilter *filter =
        av_bsf_get_by_name(context->codec_id == AV_CODEC_ID_HEVC ? "hevc_metadata" : "h264_metadata");
    if (!filter) return 0;
    int status = av_bsf_alloc(filter, &encoder->colours);
    if (status >= 0) status = avcodec_parameters_from_context(encoder->colours->par_in, context);
    const char *const options[] = {"colour_primaries", "transfer_characteristics", "matrix_coefficients"};
    for (int i = 0; i < 3 && status >= 0; i++) status = av_opt_set(encoder->colours->priv_data, options[i], "1", 0);
    if (status >= 0) status = av_opt_set(encoder->colours->priv_data, "video_full_range_flag", "0", 0);
    if (status >= 0) status = av_bsf_init(encoder->colours);
    if (status < 0) av_bsf_free(&encoder->colours);
    return status < 0 ? status : 0;
}

/* Takes the parameter sets from the first packet: some drivers provide none when opened, but write them there. */
static int take_header(AVCodecContext *context, const AVPacket *packet) {
    const AVBitStreamFilter *filter = av_bsf_get_by_name("extract_extradata");
    AVBSFContext *run = NULL;
    AVPacket *copy = av_packet_clone(packet);
    int status = !filter ? AVERROR_BSF_NOT_FOUND : !copy ? AVERROR(ENOMEM) : av_bsf_alloc(filter, &run);
    if (status >= 0) status = avcodec_parameters_from_context(run->par_in, context);
    if (status >= 0) status = av_bsf_init(run);
    if (status >= 0) status = av_bsf_send_packet(run, copy);
    if (status >= 0) status = av_bsf_receive_packet(run, copy);
    if (status >= 0) {
        size_t size = 0;
        const uint8_t *data = av_packet_get_side_data(copy, AV_PKT_DATA_NEW_EXTRADATA, &size);
        if (data && size && (context->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE))) {
            memcpy(context->extradata, data, size);
            context->extradata_size = (int)size;
        }
    }
    av_bsf_free(&run);
    av_packet_free(&copy);
    return status;
}

int cfs_encoder_receive(cfs_encoder *encoder, cfs_packet *packet) {
    AVCodecContext *context = encoder->context;
    int status = avcodec_receive_packet(context, packet);
    if (status == AVERROR(EAGAIN)) return CFS_NEEDS_INPUT;
    if (status == AVERROR_EOF) {
        encoder->has_ended = 1;
        return CFS_FINISHED;
    }
    if (status < 0) return status;
    if (encoder->wants_header && !context->extradata_size && context->hw_frames_ctx
        && context->codec_id != AV_CODEC_ID_AV1)
        status = write_colours(encoder);
    if (status >= 0 && encoder->colours) {
        /* One packet in, one out: these filters hold nothing back. */
        status = av_bsf_send_packet(encoder->colours, packet);
        if (status >= 0) status = av_bsf_receive_packet(encoder->colours, packet);
    }
    if (encoder->wants_header) {
        encoder->wants_header = 0;
        if (x265_delay(context)) packet->dts = packet->pts - x265_delay(context);
        if (status >= 0 && !context->extradata_size) status = take_header(context, packet);
    }
    /* Video encoders of some versions omit the duration, which is always one frame. An animation in one packet lasts
       longer; it states its duration, but not always its start. */
    if (context->codec_type == AVMEDIA_TYPE_VIDEO && context->codec_id != AV_CODEC_ID_WEBP) packet->duration = 1;
    if (context->codec_id == AV_CODEC_ID_WEBP && packet->pts == AV_NOPTS_VALUE) packet->pts = packet->dts = 0;
    return status < 0 ? status : CFS_OK;
}

const AVCodecContext *cfs_encoder_context(const cfs_encoder *encoder) { return encoder->context; }
