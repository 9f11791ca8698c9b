/* SPDX-License-Identifier: Apache-2.0 */
/* Media files, and folders of them. No path is ever interpreted as a URL. */
#include "../internal.h"

#include <libavutil/avstring.h>
#include <string.h>

enum { STREAMS = 1 + CFS_MOST_SOUNDS + CFS_MOST_TEXTS };   /* pictures, sound and captions */

struct cfs_muxer {
    AVFormatContext *format;
    struct {
        AVRational time_base;   /* of the incoming packets */
        int64_t shift;          /* added to their times */
    } streams[STREAMS];
    char *folder;      /* for files that the format names itself; NULL for a single file */
    int shifts_opus;   /* Opus' pre-skip must be added to its times here */
    int failure;       /* the error of a file in the folder that is already closed */
    int is_open;       /* the header is written, but not the end */
};

/* Opens a file of a format that writes several: always in the folder, whatever its name. */
static int open_in_folder(AVFormatContext *context, AVIOContext **io, const char *name, int flags, AVDictionary **options) {
    (void)options;
    cfs_muxer *muxer = context->opaque;
    const char *last = strrchr(name, '/');
    char *url = av_asprintf("file:%s/%s", muxer->folder, last ? last + 1 : name);
    if (!url) return AVERROR(ENOMEM);
    int status = avio_open2(io, url, flags, NULL, NULL);
    av_free(url);
    return status;
}

static int close_in_folder(AVFormatContext *context, AVIOContext *io) {
    cfs_muxer *muxer = context->opaque;
    avio_flush(io);
    if (io->error < 0 && !muxer->failure) muxer->failure = io->error;
    int status = avio_close(io);
    if (status < 0 && !muxer->failure) muxer->failure = status;
    return status;
}

/* Returns whether this code must add Opus' pre-skip to its times, because Matroska readers subtract it. libavformat's
   matroskaenc.c adds it itself (`ts_offset`) since the version after 59.30.100, which lies between FFmpeg 5.1 and 6.0.
   At the same version, readers that correct files by the name of their muxer stop doing so, such as Ladybird's
   LibMedia. */
static int wants_shifted_opus(const char *format) {
    int is_matroska = !strcmp(format, "webm") || !strcmp(format, "matroska");
    return is_matroska && avformat_version() <= AV_VERSION_INT(59, 30, 100);
}

static int configure(cfs_muxer *muxer, const cfs_muxer_options *options) {
    int status = avformat_alloc_output_context2(&muxer->format, NULL, options->format, NULL);
    if (status < 0) return status;
    AVFormatContext *format = muxer->format;
    format->flags |= AVFMT_FLAG_BITEXACT;
    format->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;   /* FLAC in MP4 is called that before FFmpeg 6.1 */
    muxer->shifts_opus = wants_shifted_opus(options->format);
    av_free(format->url);
    if (options->index_name) {
        muxer->folder = av_strdup(options->path);
        format->url = av_strdup(options->index_name);
        if (!muxer->folder || !format->url) return AVERROR(ENOMEM);
        format->opaque = muxer;
        format->io_open = open_in_folder;
        format->io_close2 = close_in_folder;
    } else {
        /* After "file:", nothing in a path has a special meaning. Moving the index to the front reopens the file by
           this name. */
        format->url = av_asprintf("file:%s", options->path);
        if (!format->url) return AVERROR(ENOMEM);
        status = avio_open2(&format->pb, format->url, AVIO_FLAG_WRITE, NULL, NULL);
    }
    for (const char *const *option = options->options; option && option[0] && status >= 0; option += 2)
        status = av_opt_set(format, option[0], option[1], AV_OPT_SEARCH_CHILDREN);
    return status < 0 ? status : 0;
}

int cfs_muxer_open(const cfs_muxer_options *options, cfs_muxer **out) {
    cfs_muxer *muxer = *out = av_mallocz(sizeof *muxer);
    if (!muxer) return AVERROR(ENOMEM);
    int status = configure(muxer, options);
    if (status < 0) {
        cfs_muxer_free(muxer);
        *out = NULL;
    }
    return status;
}

int cfs_has_muxer(const char *name) { return av_guess_format(name, NULL, NULL) != NULL; }

void cfs_muxer_free(cfs_muxer *muxer) {
    if (!muxer) return;
    if (muxer->format) {
        /* HLS keeps an unfinished segment in memory until its end is written. */
        if (muxer->folder && muxer->is_open) av_write_trailer(muxer->format);
        if (!muxer->folder) avio_closep(&muxer->format->pb);
        avformat_free_context(muxer->format);
    }
    av_free(muxer->folder);
    av_free(muxer);
}

int cfs_muxer_add(cfs_muxer *muxer, const cfs_encoder *encoder, int has_rate) {
    if (muxer->format->nb_streams >= STREAMS) return AVERROR(EINVAL);
    const AVCodecContext *context = cfs_encoder_context(encoder);
    AVStream *stream = avformat_new_stream(muxer->format, NULL);
    if (!stream) return AVERROR(ENOMEM);
    muxer->streams[stream->index].time_base = context->time_base;
    /* With times before zero, Opus would shift all streams, and the pictures would come 7 ms late. */
    if (context->codec_id == AV_CODEC_ID_OPUS && muxer->shifts_opus)
        muxer->streams[stream->index].shift = context->initial_padding;
    stream->time_base = context->time_base;
    int status = avcodec_parameters_from_context(stream->codecpar, context);
    if (has_rate) stream->avg_frame_rate = stream->r_frame_rate = context->framerate;
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 12, 100)
    else stream->codecpar->framerate = (AVRational){0, 1};
#endif
    const char *name = muxer->format->oformat->name;
    int is_mp4 = !strcmp(name, "mp4") || !strcmp(name, "mov") || !strcmp(name, "hls");
    /* Apple's players require parameter sets in the header, which this tag declares. */
    if (is_mp4 && context->codec_id == AV_CODEC_ID_HEVC) stream->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1');
    return status < 0 ? status : stream->index;
}

/* The sample entry of 3GPP TS 26.245, 5.16: text in the middle at the bottom, white, in a sans-serif font. */
static const uint8_t text_entry[] = {
    0, 0, 0, 0,  1, 0xFF,  0, 0, 0, 0,              /* flags, justification, background */
    0, 0, 0, 0, 0, 0, 0, 0,                         /* the whole box */
    0, 0, 0, 0, 0, 1, 0, 18, 255, 255, 255, 255,    /* characters, font, face, size, colour */
    0, 0, 0, 23, 'f', 't', 'a', 'b', 0, 1, 0, 1, 10, 'S', 'a', 'n', 's', '-', 'S', 'e', 'r', 'i', 'f',
};

int cfs_muxer_add_text(cfs_muxer *muxer, enum cfs_text_codec codec, const char *language, const char *name,
                       int is_default) {
    if (muxer->format->nb_streams >= STREAMS) return AVERROR(EINVAL);
    AVStream *stream = avformat_new_stream(muxer->format, NULL);
    if (!stream) return AVERROR(ENOMEM);
    muxer->streams[stream->index].time_base = stream->time_base = (AVRational){1, 1000};
    stream->codecpar->codec_type = AVMEDIA_TYPE_SUBTITLE;
    stream->codecpar->codec_id = codec == CFS_MOV_TEXT ? AV_CODEC_ID_MOV_TEXT
                               : codec == CFS_SUBRIP   ? AV_CODEC_ID_SUBRIP
                                                       : AV_CODEC_ID_WEBVTT;
    int status = 0;
    if (codec == CFS_MOV_TEXT) status = cfs_muxer_set_header(muxer, stream->index, text_entry, sizeof text_entry);
    if (status >= 0) status = cfs_muxer_describe(muxer, stream->index, language, name, is_default);
    return status < 0 ? status : stream->index;
}

/* QuickTime numbers its languages, and libavformat knows some of them by older codes. */
static const char *quicktime_language(const char *language) {
    static const char *const codes[][2] = {{"deu", "ger"}, {"nld", "dut"}, {"swe", "sve"}, {"ell", "gre"}, {"isl", "ice"},
                                           {"zho", "chi"}, {"sqi", "alb"}, {"fas", "iri"}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(language, codes[i][0])) return codes[i][1];
    return language;
}

int cfs_muxer_describe(cfs_muxer *muxer, int index, const char *language, const char *name, int is_default) {
    AVStream *stream = muxer->format->streams[index];
    const char *format = muxer->format->oformat->name;
    int is_mp4 = !strcmp(format, "mp4") || !strcmp(format, "mov");
    if (is_default) stream->disposition |= AV_DISPOSITION_DEFAULT;
    if (!strcmp(format, "mov")) language = quicktime_language(language);
    int status = av_dict_set(&stream->metadata, "language", language, 0);
    if (status >= 0 && name) status = av_dict_set(&stream->metadata, "title", name, 0);
    /* MP4 has no other place for a name. */
    if (status >= 0 && name && is_mp4) status = av_dict_set(&stream->metadata, "handler_name", name, 0);
    return status < 0 ? status : 0;
}

int cfs_muxer_set_header(cfs_muxer *muxer, int stream, const uint8_t *header, int size) {
    AVCodecParameters *parameters = muxer->format->streams[stream]->codecpar;
    uint8_t *copy = av_mallocz((size_t)size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!copy) return AVERROR(ENOMEM);
    if (size > 0) memcpy(copy, header, (size_t)size);
    av_free(parameters->extradata);
    parameters->extradata = copy;
    parameters->extradata_size = size;
    return 0;
}

int cfs_muxer_tag(cfs_muxer *muxer, const char *name, const char *value) {
    return av_dict_set(&muxer->format->metadata, name, value, 0);
}

int cfs_muxer_add_chapter(cfs_muxer *muxer, int64_t start, int64_t end, const char *title) {
    AVFormatContext *format = muxer->format;
    AVChapter **chapters = av_realloc_array(format->chapters, format->nb_chapters + 1, sizeof *chapters);
    if (!chapters) return AVERROR(ENOMEM);
    format->chapters = chapters;
    AVChapter *chapter = av_mallocz(sizeof *chapter);
    if (!chapter) return AVERROR(ENOMEM);
    chapters[format->nb_chapters++] = chapter;
    chapter->id = format->nb_chapters;
    chapter->time_base = (AVRational){1, 1000000};
    chapter->start = start;
    chapter->end = end;
    return av_dict_set(&chapter->metadata, "title", title, 0);
}

int cfs_muxer_write_header(cfs_muxer *muxer) {
    int status = avformat_write_header(muxer->format, NULL);
    muxer->is_open = status >= 0;
    return status < 0 ? status : 0;
}

/* Returns the error of writing the files, which formats do not always pass on. */
static int file_status(const cfs_muxer *muxer) {
    if (muxer->failure) return muxer->failure;
    return !muxer->folder && muxer->format->pb && muxer->format->pb->error < 0 ? muxer->format->pb->error : 0;
}

int cfs_muxer_write(cfs_muxer *muxer, int stream, cfs_packet *packet) {
    packet->stream_index = stream;
    packet->pts += muxer->streams[stream].shift;
    packet->dts += muxer->streams[stream].shift;
    av_packet_rescale_ts(packet, muxer->streams[stream].time_base, muxer->format->streams[stream]->time_base);
    int status = av_interleaved_write_frame(muxer->format, packet);
    return status < 0 ? status : file_status(muxer);
}

int cfs_muxer_finish(cfs_muxer *muxer) {
    int status = av_write_trailer(muxer->format);
    muxer->is_open = 0;
    int written = file_status(muxer);
    int closed = muxer->folder ? 0 : avio_closep(&muxer->format->pb);
    return status < 0 ? status : written < 0 ? written : closed;
}
