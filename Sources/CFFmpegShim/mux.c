/* SPDX-License-Identifier: Apache-2.0 */
/* MP4 files with their index in front. */
#include "internal.h"

#include <libavutil/avstring.h>

struct cfs_muxer {
    AVFormatContext *format;
};

int cfs_muxer_open(const char *path, cfs_muxer **out) {
    *out = NULL;
    cfs_muxer *muxer = av_mallocz(sizeof *muxer);
    if (!muxer) return AVERROR(ENOMEM);
    int status = avformat_alloc_output_context2(&muxer->format, NULL, "mp4", NULL);
    if (status >= 0) {
        /* After "file:" nothing in a path means anything; the moov pass opens it again under this name. */
        char *url = av_asprintf("file:%s", path);
        if (!url) status = AVERROR(ENOMEM);
        av_free(muxer->format->url);
        muxer->format->url = url;
        muxer->format->flags |= AVFMT_FLAG_BITEXACT;
        if (status >= 0) status = avio_open2(&muxer->format->pb, url, AVIO_FLAG_WRITE, NULL, NULL);
        if (status >= 0) status = av_opt_set(muxer->format->priv_data, "movflags", "+faststart", 0);
    }
    if (status < 0) {
        cfs_muxer_free(muxer);
        return status;
    }
    *out = muxer;
    return 0;
}

void cfs_muxer_free(cfs_muxer *muxer) {
    if (!muxer) return;
    if (muxer->format) {
        avio_closep(&muxer->format->pb);
        avformat_free_context(muxer->format);
    }
    av_free(muxer);
}

int cfs_muxer_add(cfs_muxer *muxer, const cfs_encoder *encoder) {
    const AVCodecContext *context = cfs_encoder_context(encoder);
    AVStream *stream = avformat_new_stream(muxer->format, NULL);
    if (!stream) return AVERROR(ENOMEM);
    stream->time_base = context->time_base;
    if (context->codec_type == AVMEDIA_TYPE_VIDEO) stream->avg_frame_rate = stream->r_frame_rate = context->framerate;
    int status = avcodec_parameters_from_context(stream->codecpar, context);
    return status < 0 ? status : stream->index;
}

int cfs_muxer_write_header(cfs_muxer *muxer) {
    int status = avformat_write_header(muxer->format, NULL);
    return status < 0 ? status : 0;
}

int cfs_muxer_write(cfs_muxer *muxer, int stream, const cfs_encoder *encoder, cfs_packet *packet) {
    packet->stream_index = stream;
    av_packet_rescale_ts(packet, cfs_encoder_context(encoder)->time_base, muxer->format->streams[stream]->time_base);
    int status = av_interleaved_write_frame(muxer->format, packet);
    if (status >= 0 && muxer->format->pb->error < 0) status = muxer->format->pb->error;
    return status;
}

int cfs_muxer_finish(cfs_muxer *muxer) {
    int status = av_write_trailer(muxer->format);
    int written = muxer->format->pb->error;
    int closed = avio_closep(&muxer->format->pb);
    return status < 0 ? status : written < 0 ? written : closed;
}
