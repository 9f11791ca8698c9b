/* SPDX-License-Identifier: Apache-2.0 */
/* What a decoder makes of an encoder's packets, as stereo floats; mono is in both channels as it is. */
#include "../stream/encoder.h"

#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>

struct cfs_heard {
    AVCodecContext *decoder;
    SwrContext *converter;
    AVFrame *frame;
    float *ready;
    int ready_count, ready_from, ready_room, is_over;
};

int cfs_heard_create(const cfs_encoder *encoder, cfs_heard **out) {
    *out = NULL;
    cfs_heard *heard = av_mallocz(sizeof *heard);
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    const AVCodec *codec = avcodec_find_decoder(encoder->context->codec_id);
    int status = !heard || !parameters ? AVERROR(ENOMEM) : !codec ? AVERROR_DECODER_NOT_FOUND : 0;
    if (status >= 0) status = avcodec_parameters_from_context(parameters, encoder->context);
    if (status >= 0) {
        heard->frame = av_frame_alloc();
        heard->decoder = avcodec_alloc_context3(codec);
        status = heard->frame && heard->decoder ? 0 : AVERROR(ENOMEM);
    }
    if (status >= 0) status = avcodec_parameters_to_context(heard->decoder, parameters);
    if (status >= 0) {
        heard->decoder->pkt_timebase = encoder->context->time_base;
        heard->decoder->thread_count = 1;
        /* Whoever reads knows where the sound begins; some encoders' packets say it too, and it would be left out twice. */
        heard->decoder->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
        status = avcodec_open2(heard->decoder, codec, NULL);
    }
    avcodec_parameters_free(&parameters);
    if (status < 0) cfs_heard_free(heard);
    else *out = heard;
    return status < 0 ? status : 0;
}

void cfs_heard_free(cfs_heard *heard) {
    if (!heard) return;
    avcodec_free_context(&heard->decoder);
    swr_free(&heard->converter);
    av_frame_free(&heard->frame);
    av_free(heard->ready);
    av_free(heard);
}

static int convert(cfs_heard *heard) {
    const AVFrame *frame = heard->frame;
    int status = 0;
    if (!heard->converter) {
        AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO, layout = frame->ch_layout;
        /* The converter would turn mono down by 3 dB. */
        AVChannelLayout *own = layout.nb_channels == 1 ? &layout : &stereo;
        status = swr_alloc_set_opts2(&heard->converter, own, AV_SAMPLE_FMT_FLT, frame->sample_rate, &layout, frame->format,
                                     frame->sample_rate, 0, NULL);
        if (status >= 0) status = swr_init(heard->converter);
        if (status < 0) return status;
    }
    if (heard->ready_room < frame->nb_samples) {
        float *room = av_realloc_array(heard->ready, (size_t)frame->nb_samples, CFS_CHANNELS * sizeof *room);
        if (!room) return AVERROR(ENOMEM);
        heard->ready = room;
        heard->ready_room = frame->nb_samples;
    }
    uint8_t *planes[1] = {(uint8_t *)heard->ready};
    status = swr_convert(heard->converter, planes, frame->nb_samples, (const uint8_t **)frame->extended_data, frame->nb_samples);
    if (status < 0) return status;
    if (frame->ch_layout.nb_channels == 1)
        for (int i = status - 1; i >= 0; i--) heard->ready[2 * i] = heard->ready[2 * i + 1] = heard->ready[i];
    heard->ready_count = status;
    heard->ready_from = 0;
    return 0;
}

int cfs_heard_send(cfs_heard *heard, const cfs_packet *packet) {
    int status = avcodec_send_packet(heard->decoder, packet);
    return status < 0 ? status : 0;
}

int cfs_heard_read(cfs_heard *heard, float *samples, int room, int *got) {
    *got = 0;
    while (*got < room) {
        if (heard->ready_count == 0) {
            int status = avcodec_receive_frame(heard->decoder, heard->frame);
            if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return 0;
            if (status >= 0) status = convert(heard);
            av_frame_unref(heard->frame);
            if (status < 0) return status;
            continue;
        }
        int some = cfs_min(heard->ready_count, room - *got);
        for (int i = 0; i < some * CFS_CHANNELS; i++)
            samples[*got * CFS_CHANNELS + i] = heard->ready[heard->ready_from * CFS_CHANNELS + i];
        *got += some;
        heard->ready_from += some;
        heard->ready_count -= some;
    }
    return 0;
}
