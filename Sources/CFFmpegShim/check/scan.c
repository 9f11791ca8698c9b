/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of any file, and what its container says, without decoding. */
#include "../video/video.h"

#include <libavutil/channel_layout.h>
#include <libavutil/intreadwrite.h>
#include <string.h>
#include <unistd.h>

enum { MOST_STREAMS = 64 };   /* as cfs_demuxer_open() has it */

struct cfs_scan {
    AVIOContext *io;
    AVFormatContext *format;
    AVPacket *packet;
    int count;                                           /* of the streams that were there when it was opened */
    int container[MOST_STREAMS][4];                      /* matrix, primaries, transfer and range before any decoder was asked */
    int64_t failures;
    int in_a_row;
};

/* Later FFmpegs keep what the container says where both do, so that it is taken away before the stream is asked. */
static void take_container(cfs_scan *scan) {
    for (unsigned i = 0; i < MOST_STREAMS; i++) {
        int *said = scan->container[i];
        said[0] = said[1] = said[2] = AVCOL_SPC_UNSPECIFIED;
        if (i >= scan->format->nb_streams) continue;
        AVCodecParameters *codec = scan->format->streams[i]->codecpar;
        said[0] = codec->color_space;
        said[1] = codec->color_primaries;
        said[2] = codec->color_trc;
        said[3] = codec->color_range;
        codec->color_space = AVCOL_SPC_UNSPECIFIED;
        codec->color_primaries = AVCOL_PRI_UNSPECIFIED;
        codec->color_trc = AVCOL_TRC_UNSPECIFIED;
        codec->color_range = AVCOL_RANGE_UNSPECIFIED;
    }
}

/* Gives it back where the stream says nothing of its own. */
static void give_container(cfs_scan *scan) {
    for (unsigned i = 0; i < MOST_STREAMS && i < scan->format->nb_streams; i++) {
        const int *said = scan->container[i];
        AVCodecParameters *codec = scan->format->streams[i]->codecpar;
        if (codec->color_space == AVCOL_SPC_UNSPECIFIED) codec->color_space = said[0];
        if (codec->color_primaries == AVCOL_PRI_UNSPECIFIED) codec->color_primaries = said[1];
        if (codec->color_trc == AVCOL_TRC_UNSPECIFIED) codec->color_trc = said[2];
        if (codec->color_range == AVCOL_RANGE_UNSPECIFIED) codec->color_range = said[3];
    }
}

int cfs_scan_open(int fd, cfs_scan **out) {
    *out = NULL;
    cfs_scan *scan = av_mallocz(sizeof *scan);
    int status = AVERROR(ENOMEM);
    if (scan && (scan->packet = av_packet_alloc())) status = cfs_demuxer_open(fd, CFS_SOUND_FORMATS, CFS_VIDEO_CODECS "," CFS_SOUND_CODECS, NULL, &scan->io, &scan->format);
    close(fd);   /* the demuxer has a copy */
    if (status >= 0) {
        take_container(scan);
        status = avformat_find_stream_info(scan->format, NULL);
        give_container(scan);
    }
    if (status < 0) {
        cfs_scan_free(scan);
        return status;
    }
    scan->count = (int)FFMIN(scan->format->nb_streams, MOST_STREAMS);
    *out = scan;
    return 0;
}

void cfs_scan_free(cfs_scan *scan) {
    if (!scan) return;
    avformat_close_input(&scan->format);
    cfs_io_close(&scan->io);
    av_packet_free(&scan->packet);
    av_free(scan);
}

int cfs_scan_stream_count(const cfs_scan *scan) { return scan->count; }

static int64_t known(int64_t time) { return time == AV_NOPTS_VALUE ? CFS_SCAN_NO_TIME : time; }

void cfs_scan_get_stream(const cfs_scan *scan, int index, cfs_scan_stream *out) {
    AVStream *stream = scan->format->streams[index];
    const AVCodecParameters *codec = stream->codecpar;
    const int *said = scan->container[index];
    *out = (cfs_scan_stream){
        .kind = codec->codec_type == AVMEDIA_TYPE_VIDEO ? CFS_SCAN_VIDEO
            : codec->codec_type == AVMEDIA_TYPE_AUDIO ? CFS_SCAN_AUDIO
            : codec->codec_type == AVMEDIA_TYPE_SUBTITLE ? CFS_SCAN_SUBTITLE : CFS_SCAN_OTHER,
        .is_cover = !!(stream->disposition & AV_DISPOSITION_ATTACHED_PIC),
        .time_num = cfs_max(1, stream->time_base.num), .time_den = cfs_max(1, stream->time_base.den),
        .duration = known(stream->duration),
        .width = codec->width, .height = codec->height, .pixel_width = 1, .pixel_height = 1,
        .container_matrix = said[0], .container_primaries = said[1], .container_transfer = said[2], .container_range = said[3],
        .matrix = codec->color_space, .primaries = codec->color_primaries, .transfer = codec->color_trc,
        .range = codec->color_range, .sample_rate = codec->sample_rate, .channels = codec->ch_layout.nb_channels,
    };
    if (out->kind != CFS_SCAN_VIDEO) return;
    AVRational shape = av_guess_sample_aspect_ratio(scan->format, stream, NULL);
    if (shape.num > 0 && shape.den > 0) {
        out->pixel_width = shape.num;
        out->pixel_height = shape.den;
    }
    if (stream->avg_frame_rate.num > 0 && stream->avg_frame_rate.den > 0) {
        out->rate_num = stream->avg_frame_rate.num;
        out->rate_den = stream->avg_frame_rate.den;
    }
    out->is_interlaced = codec->field_order > AV_FIELD_PROGRESSIVE;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(codec->format);
    if (desc) {
        out->depth = desc->comp[0].depth;
        if (desc->nb_components >= 3) {
            out->chroma_width = 1 << desc->log2_chroma_w;
            out->chroma_height = 1 << desc->log2_chroma_h;
        }
        if (!strncmp(desc->name, "yuvj", 4)) out->range = AVCOL_RANGE_JPEG;
    }
    const int32_t *turn = cfs_display_matrix(stream);
    if (turn) {
        out->has_turn = 1;
        memcpy(out->turn, turn, sizeof out->turn);
    }
}

void cfs_scan_get_text(const cfs_scan *scan, int index, enum cfs_scan_text which, char *text, size_t size) {
    const char *name = NULL;
    if (!size) return;
    *text = 0;
    const AVCodecParameters *codec = index < scan->count ? scan->format->streams[index]->codecpar : NULL;
    if (!codec && which != CFS_SCAN_FORMAT) return;
    switch (which) {
    case CFS_SCAN_FORMAT: name = scan->format->iformat->name; break;
    case CFS_SCAN_CODEC: name = avcodec_get_name(codec->codec_id); break;
    case CFS_SCAN_PROFILE: name = avcodec_profile_name(codec->codec_id, codec->profile); break;
    case CFS_SCAN_PIXELS: name = codec->codec_type == AVMEDIA_TYPE_VIDEO ? av_get_pix_fmt_name(codec->format) : NULL; break;
    }
    if (!name) return;
    size_t length = strnlen(name, size - 1);
    memcpy(text, name, length);
    text[length] = 0;
}

int cfs_scan_best(const cfs_scan *scan, enum cfs_scan_kind kind) {
    enum AVMediaType type = kind == CFS_SCAN_VIDEO ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
    int index = av_find_best_stream(scan->format, type, -1, -1, NULL, 0);
    int is_cover = index >= 0 && (scan->format->streams[index]->disposition & AV_DISPOSITION_ATTACHED_PIC);
    return index < 0 || index >= scan->count || is_cover ? -1 : index;
}

int64_t cfs_scan_duration(const cfs_scan *scan) {
    return scan->format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE ? CFS_SCAN_NO_TIME : known(scan->format->duration);
}

int64_t cfs_scan_failures(const cfs_scan *scan) { return scan->failures; }

int cfs_scan_next(cfs_scan *scan, cfs_scan_packet *out) {
    for (;;) {
        int status = av_read_frame(scan->format, scan->packet);
        if (status == AVERROR(ENOMEM) || status == AVERROR(EIO)) return status;
        if (status == AVERROR_EOF) return CFS_FINISHED;
        if (status < 0) {
            scan->failures++;
            /* What follows damage may still be found. */
            if (status != AVERROR_INVALIDDATA || ++scan->in_a_row > 1000) return CFS_FINISHED;
            continue;
        }
        scan->in_a_row = 0;
        if (scan->packet->stream_index < scan->count) break;
        av_packet_unref(scan->packet);   /* a stream that appeared later */
    }
    const AVPacket *packet = scan->packet;
    AVCodecParameters *codec = scan->format->streams[packet->stream_index]->codecpar;
    *out = (cfs_scan_packet){
        .stream = packet->stream_index, .time = known(packet->pts), .decode_time = known(packet->dts),
        .duration = FFMAX(0, packet->duration), .size = packet->size,
        .is_hidden = !!(packet->flags & AV_PKT_FLAG_DISCARD), .is_corrupt = !!(packet->flags & AV_PKT_FLAG_CORRUPT),
        .samples = codec->codec_type == AVMEDIA_TYPE_AUDIO ? FFMAX(0, av_get_audio_frame_duration2(codec, packet->size)) : 0,
    };
    size_t size = 0;
    const uint8_t *skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
    if (skip && size >= 4) out->skipped = AV_RL32(skip);
    av_packet_unref(scan->packet);
    return 0;
}
