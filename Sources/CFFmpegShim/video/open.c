/* SPDX-License-Identifier: Apache-2.0 */
/* Opening video files, and what they say of themselves. */
#include "isolated.h"

#include <libavutil/display.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns the decoder to use; NULL if there is none. */
static const AVCodec *decoder_for(const AVStream *stream) {
    const AVCodec *codec = NULL;
    if (stream->codecpar->codec_id == AV_CODEC_ID_VP9 && av_dict_get(stream->metadata, "alpha_mode", NULL, 0))
        codec = avcodec_find_decoder_by_name("libvpx-vp9");   /* libav's own leaves the alpha out */
    if (stream->codecpar->codec_id == AV_CODEC_ID_AV1) {
        codec = avcodec_find_decoder_by_name("libdav1d");     /* the fastest */
        if (!codec) codec = avcodec_find_decoder_by_name("libaom-av1");
        return codec;                                         /* libav's own needs a GPU */
    }
    return codec ? codec : avcodec_find_decoder(stream->codecpar->codec_id);
}

static int open_decoder(cfs_video *video, int64_t max_pixels) {
    const AVCodec *codec = decoder_for(video->stream);
    if (!codec) return AVERROR_DECODER_NOT_FOUND;
    if (!(video->decoder = avcodec_alloc_context3(codec))) return AVERROR(ENOMEM);
    int status = avcodec_parameters_to_context(video->decoder, video->stream->codecpar);
    if (status < 0) return status;
    video->decoder->pkt_timebase = video->stream->time_base;
    video->decoder->thread_count = 1;
    video->decoder->max_pixels = max_pixels;
    video->decoder->flags |= AV_CODEC_FLAG_UNALIGNED;   /* so that cropping is exact */
    if (!(video->decoder->codec_whitelist = av_strdup(CFS_VIDEO_CODECS))) return AVERROR(ENOMEM);
    return avcodec_open2(video->decoder, codec, NULL);
}

static int open_file(cfs_video *video, int fd, int64_t max_pixels) {
    int status = cfs_demuxer_open(fd, CFS_VIDEO_FORMATS, CFS_VIDEO_CODECS, NULL, &video->io, &video->format);
    if (status < 0) return status;
    AVFormatContext *format = video->format;
    if ((status = avformat_find_stream_info(format, NULL)) < 0) return status;
    int index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (index < 0 || (format->streams[index]->disposition & AV_DISPOSITION_ATTACHED_PIC)) return AVERROR_STREAM_NOT_FOUND;
    video->stream = format->streams[index];
    for (unsigned i = 0; i < format->nb_streams; i++)
        format->streams[i]->discard = (int)i == index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    AVRational unit = video->stream->time_base;
    video->second = FFMAX(1, av_rescale(1, unit.den, unit.num));
    video->origin = format->start_time == AV_NOPTS_VALUE ? 0
        : av_rescale_q_rnd(format->start_time, AV_TIME_BASE_Q, unit, AV_ROUND_NEAR_INF);
    /* Where it is this stream's own start, that is exact, and the container's is rounded. And many containers cannot say that
       their sound begins with an encoder's delay, which moves the pictures by a part of one: they begin at 0 then. */
    int64_t own = video->stream->start_time;
    if (own != AV_NOPTS_VALUE && own - video->origin <= video->second / 10 && video->origin - own <= 1) video->origin = own;
    video->is_searched = (format->iformat->flags & AVFMT_TS_DISCONT) && !(format->iformat->flags & AVFMT_NO_BYTE_SEEK);
    return open_decoder(video, max_pixels);
}

int cfs_video_open(int fd, int64_t max_pixels, cfs_video **out) {
    *out = NULL;
    cfs_video *video = av_mallocz(sizeof *video);
    int status = AVERROR(ENOMEM);
    if (video) {
        video->packet = av_packet_alloc();
        video->current = av_frame_alloc();
        video->next = av_frame_alloc();
        video->decoded = av_frame_alloc();
        video->first_dts = video->lateness = video->latest = AV_NOPTS_VALUE;
        video->is_at_start = video->is_settling = 1;
        if (video->packet && video->current && video->next && video->decoded) status = open_file(video, fd, max_pixels);
    }
    close(fd);   /* the demuxer has a copy */
    if (status < 0) cfs_video_free(video);
    else *out = video;
    return status < 0 ? status : 0;
}

int cfs_video_open_isolated(int fd, int64_t max_pixels, cfs_video **out) {
    *out = NULL;
    cfs_video *video = av_mallocz(sizeof *video);
    int status = video ? cfs_isolated_open(fd, max_pixels, &video->isolated) : AVERROR(ENOMEM);
    close(fd);   /* the helper has a copy */
    if (status == 0) *out = video;
    else av_free(video);
    return status;
}

void cfs_video_free(cfs_video *video) {
    if (!video) return;
    cfs_isolated_free(video->isolated);
    cfs_deinterlacer_free(video->deinterlacer);
    avcodec_free_context(&video->decoder);
    avformat_close_input(&video->format);
    cfs_io_close(&video->io);
    av_packet_free(&video->packet);
    av_frame_free(&video->current);
    av_frame_free(&video->next);
    av_frame_free(&video->decoded);
    av_free(video);
}

const int32_t *cfs_display_matrix(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)   /* FFmpeg 6.1 */
    const AVPacketSideData *side = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return side && side->size >= 9 * sizeof(int32_t) ? (const int32_t *)(const void *)side->data : NULL;
#else
    size_t size = 0;
    const uint8_t *side = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return side && size >= 9 * sizeof(int32_t) ? (const int32_t *)(const void *)side : NULL;
#endif
}

/* Returns EXIF's number of the turn that a display matrix (ISO 14496-12, 8.3.2) asks for, to the nearest quarter. */
static int orientation_of(const AVStream *stream) {
    const int32_t *m = cfs_display_matrix(stream);
    if (!m) return 1;
    int64_t a = m[0], b = m[1], c = m[3], d = m[4];
    if (llabs(a) + llabs(d) >= llabs(b) + llabs(c)) return a >= 0 ? (d >= 0 ? 1 : 4) : (d >= 0 ? 2 : 3);
    return b >= 0 ? (c >= 0 ? 5 : 6) : (c >= 0 ? 8 : 7);
}

/* av_find_best_stream() leaves out sound of which it knows no more than that it is there. */
static int has_sound(const AVFormatContext *format) {
    for (unsigned i = 0; i < format->nb_streams; i++)
        if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) return 1;
    return 0;
}

void cfs_video_get_info(const cfs_video *video, cfs_video_info *info) {
    if (video->isolated) {
        *info = *cfs_isolated_info(video->isolated);
        return;
    }
    const AVStream *stream = video->stream;
    const AVCodecParameters *codec = stream->codecpar;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(codec->format);
    AVRational shape = av_guess_sample_aspect_ratio(video->format, video->format->streams[stream->index], NULL);
    if (shape.num <= 0 || shape.den <= 0) shape = (AVRational){1, 1};
    const char *alpha = codec->codec_id == AV_CODEC_ID_VP9 && av_dict_get(stream->metadata, "alpha_mode", NULL, 0)
        ? av_dict_get(stream->metadata, "alpha_mode", NULL, 0)->value : "0";
    *info = (cfs_video_info){
        .width = codec->width, .height = codec->height, .pixel_width = shape.num, .pixel_height = shape.den,
        .orientation = orientation_of(stream), .time_num = stream->time_base.num, .time_den = stream->time_base.den,
        .origin = video->origin, .depth = desc ? desc->comp[0].depth : 8,
        .has_alpha = (desc && (desc->flags & AV_PIX_FMT_FLAG_ALPHA)) || !strcmp(alpha, "1"),
        .is_interlaced = codec->field_order > AV_FIELD_PROGRESSIVE,
        .matrix = cfs_settled_matrix(codec->color_space, codec->width, codec->height),
        .is_matrix_guessed = codec->color_space == AVCOL_SPC_UNSPECIFIED,
        .primaries = codec->color_primaries, .transfer = codec->color_trc,
        .is_full_range = codec->color_range == AVCOL_RANGE_JPEG || (desc && !strncmp(desc->name, "yuvj", 4)),
        .has_sound = has_sound(video->format),
    };
}

int cfs_video_process(const cfs_video *video) { return video->isolated ? cfs_isolated_process(video->isolated) : 0; }

const char *cfs_video_format(const cfs_video *video) {
    return video->isolated ? cfs_isolated_format(video->isolated) : video->format->iformat->name;
}
const char *cfs_video_codec(const cfs_video *video) {
    return video->isolated ? cfs_isolated_codec(video->isolated) : video->decoder->codec->name;
}
