/* SPDX-License-Identifier: Apache-2.0 */
/* Sound files as one stream of stereo floats at 48 kHz. */
#include "../internal.h"

#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* The formats that may be opened. Playlists, network formats and formats that refer to other files are excluded. */
#define FORMATS "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,wav,w64,flac,ogg,aac,aiff,caf,au,ac3,eac3,libopenmpt,libmodplug"
#define CODECS                                                                                                         \
    "aac,mp3,mp3float,mp2,mp2float,flac,vorbis,opus,libopus,alac,ac3,eac3,adpcm_ms,adpcm_ima_wav,"                     \
    "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,"        \
    "pcm_f64be,pcm_alaw,pcm_mulaw"

struct cfs_audio {
    int fd;                     /* kept for reopening */
    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *decoder;
    SwrContext *resampler;
    AVChannelLayout in_layout;  /* the input that the resampler was made for */
    int in_rate, in_format, out_channels;
    AVPacket *packet;
    AVFrame *frame;
    int stream;
    int drained;                /* the decoder was told that the input has ended */
    float *ready;               /* decoded samples that have not been read yet */
    int ready_count, ready_from, ready_room;
    int64_t length;
};

/* Keeps demuxers from opening anything but the descriptor they were given. */
static int refuse_open(AVFormatContext *format, AVIOContext **io, const char *url, int flags, AVDictionary **options) {
    (void)format; (void)io; (void)url; (void)flags; (void)options;
    return AVERROR(EPERM);
}

static void close_decoder(cfs_audio *audio) {
    avcodec_free_context(&audio->decoder);
    avformat_close_input(&audio->format);
    cfs_io_close(&audio->io);
    swr_free(&audio->resampler);
    av_channel_layout_uninit(&audio->in_layout);
    audio->ready_count = audio->ready_from = audio->drained = 0;
}

static int open_decoder(cfs_audio *audio) {
    int fd = dup(audio->fd);   /* reads are positional, so the copies do not affect each other */
    if (fd < 0) return AVERROR(errno);
    if (!(audio->io = cfs_io_open(fd))) return AVERROR(ENOMEM);
    AVFormatContext *format = avformat_alloc_context();
    if (!format) return AVERROR(ENOMEM);
    format->pb = audio->io;
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->io_open = refuse_open;
    format->max_streams = 64;
    format->format_whitelist = av_strdup(FORMATS);
    format->codec_whitelist = av_strdup(CODECS);
    int status = avformat_open_input(&format, NULL, NULL, NULL);   /* frees the context on failure */
    if (status < 0) return status;
    audio->format = format;
    status = avformat_find_stream_info(format, NULL);
    if (status < 0) return status;
    status = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    if (status < 0) return AVERROR_STREAM_NOT_FOUND;
    audio->stream = status;
    for (unsigned i = 0; i < format->nb_streams; i++)
        format->streams[i]->discard = (int)i == audio->stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    const AVStream *stream = format->streams[audio->stream];
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    if (!codec) return AVERROR_DECODER_NOT_FOUND;
    audio->decoder = avcodec_alloc_context3(codec);
    if (!audio->decoder) return AVERROR(ENOMEM);
    status = avcodec_parameters_to_context(audio->decoder, stream->codecpar);
    if (status < 0) return status;
    audio->decoder->pkt_timebase = stream->time_base;
    audio->decoder->thread_count = 1;
    audio->decoder->codec_whitelist = av_strdup(CODECS);
    return avcodec_open2(audio->decoder, codec, NULL);
}

int cfs_audio_open(int fd, cfs_audio **out) {
    *out = NULL;
    cfs_audio *audio = av_mallocz(sizeof *audio);
    if (!audio) {
        close(fd);
        return AVERROR(ENOMEM);
    }
    audio->fd = fd;
    audio->packet = av_packet_alloc();
    audio->frame = av_frame_alloc();
    int status = audio->packet && audio->frame ? open_decoder(audio) : AVERROR(ENOMEM);
    if (status < 0) {
        cfs_audio_free(audio);
        return status;
    }
    const AVStream *stream = audio->format->streams[audio->stream];
    if (stream->duration > 0)
        audio->length = av_rescale_q(stream->duration, stream->time_base, (AVRational){1, CFS_SAMPLE_RATE});
    else if (audio->format->duration > 0)
        audio->length = av_rescale(audio->format->duration, CFS_SAMPLE_RATE, AV_TIME_BASE);
    /* With one stream, the container's length excludes the encoder's padding (an MP4's edit list). */
    if (audio->format->nb_streams == 1 && audio->format->duration > 0)
        audio->length = FFMIN(audio->length, av_rescale(audio->format->duration, CFS_SAMPLE_RATE, AV_TIME_BASE));
    *out = audio;
    return 0;
}

void cfs_audio_free(cfs_audio *audio) {
    if (!audio) return;
    close_decoder(audio);
    av_packet_free(&audio->packet);
    av_frame_free(&audio->frame);
    av_free(audio->ready);
    close(audio->fd);
    av_free(audio);
}

int64_t cfs_audio_length(const cfs_audio *audio) { return audio->length; }
const char *cfs_audio_format(const cfs_audio *audio) { return audio->format->iformat->name; }
const char *cfs_audio_codec(const cfs_audio *audio) { return audio->decoder->codec->name; }

static int make_room(cfs_audio *audio, int samples) {
    if (audio->ready_from) {
        memmove(audio->ready, audio->ready + (size_t)audio->ready_from * CFS_CHANNELS,
                (size_t)audio->ready_count * CFS_CHANNELS * sizeof *audio->ready);
        audio->ready_from = 0;
    }
    int needed = audio->ready_count + samples;
    if (needed <= audio->ready_room) return 0;
    float *room = av_realloc_array(audio->ready, (size_t)needed, CFS_CHANNELS * sizeof *room);
    if (!room) return AVERROR(ENOMEM);
    audio->ready = room;
    audio->ready_room = needed;
    return 0;
}

/* Passes a frame, or NULL to drain, through the resampler into `ready`. */
static int resample(cfs_audio *audio, const AVFrame *frame) {
    int64_t most = swr_get_out_samples(audio->resampler, frame ? frame->nb_samples : 0);
    if (most < 0 || most > 1 << 24) return AVERROR_INVALIDDATA;
    int status = make_room(audio, (int)most);
    if (status < 0) return status;
    float *out = audio->ready + (size_t)audio->ready_count * CFS_CHANNELS;
    uint8_t *planes[1] = {(uint8_t *)out};
    int count = swr_convert(audio->resampler, planes, (int)most, frame ? (const uint8_t **)frame->extended_data : NULL,
                            frame ? frame->nb_samples : 0);
    if (count < 0) return count;
    if (audio->out_channels == 1)   /* mono plays from both sides at its original level */
        for (int i = count - 1; i >= 0; i--) out[2 * i] = out[2 * i + 1] = out[i];
    audio->ready_count += count;
    return 0;
}

/* Adapts the resampler to the frame, after draining the old one. */
static int fit_resampler(cfs_audio *audio, const AVFrame *frame) {
    if (audio->resampler && audio->in_rate == frame->sample_rate && audio->in_format == frame->format
        && av_channel_layout_compare(&audio->in_layout, &frame->ch_layout) == 0)
        return 0;
    int status = 0;
    if (audio->resampler && (status = resample(audio, NULL)) < 0) return status;
    swr_free(&audio->resampler);
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO, mono = AV_CHANNEL_LAYOUT_MONO;
    audio->out_channels = frame->ch_layout.nb_channels == 1 ? 1 : 2;
    AVChannelLayout layout = {0};
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&layout, frame->ch_layout.nb_channels);
    else
        status = av_channel_layout_copy(&layout, &frame->ch_layout);
    if (status >= 0)
        status = swr_alloc_set_opts2(&audio->resampler, audio->out_channels == 1 ? &mono : &stereo, AV_SAMPLE_FMT_FLT,
                                     CFS_SAMPLE_RATE, audio->out_channels == 1 ? &mono : &layout, frame->format,
                                     frame->sample_rate, 0, NULL);
    if (status >= 0) status = swr_init(audio->resampler);
    av_channel_layout_uninit(&layout);
    if (status < 0) return status;
    audio->in_rate = frame->sample_rate;
    audio->in_format = frame->format;
    return av_channel_layout_copy(&audio->in_layout, &frame->ch_layout);
}

/* Decodes a little more. Returns CFS_FINISHED at the end of the file. */
static int decode_some(cfs_audio *audio) {
    for (;;) {
        int status = avcodec_receive_frame(audio->decoder, audio->frame);
        if (status == 0) {
            status = fit_resampler(audio, audio->frame);
            if (status >= 0) status = resample(audio, audio->frame);
            av_frame_unref(audio->frame);
            return status;
        }
        if (status == AVERROR_EOF) return audio->resampler && resample(audio, NULL) < 0 ? AVERROR(ENOMEM) : CFS_FINISHED;
        if (status != AVERROR(EAGAIN)) return status;
        if (audio->drained) return CFS_FINISHED;
        status = av_read_frame(audio->format, audio->packet);
        if (status == AVERROR_EOF) {
            audio->drained = 1;
            status = avcodec_send_packet(audio->decoder, NULL);
            if (status < 0) return status;
            continue;
        }
        if (status < 0) return status;
        if (audio->packet->stream_index == audio->stream) status = avcodec_send_packet(audio->decoder, audio->packet);
        av_packet_unref(audio->packet);
        /* A damaged packet loses only its own samples and is logged; the rest still plays, as in every player. */
        if (status < 0 && status != AVERROR_INVALIDDATA) return status;
    }
}

int cfs_audio_read(cfs_audio *audio, float *samples, int count, int *got) {
    *got = 0;
    while (*got < count) {
        if (audio->ready_count == 0) {
            int status = decode_some(audio);
            if (status < 0) return status;
            if (status == CFS_FINISHED && audio->ready_count == 0) break;
            continue;
        }
        int some = FFMIN(count - *got, audio->ready_count);
        if (samples)
            memcpy(samples + (size_t)*got * CFS_CHANNELS, audio->ready + (size_t)audio->ready_from * CFS_CHANNELS,
                   (size_t)some * CFS_CHANNELS * sizeof *samples);
        audio->ready_from += some;
        audio->ready_count -= some;
        *got += some;
    }
    return 0;
}

int cfs_audio_seek(cfs_audio *audio, int64_t position) {
    /* Reopening the file and reading up to the position is the only way that is exact in every format: seek tables are
       not, and the encoder's delay is removed only at the start. Decoding is hundreds of times faster than real
       time. */
    close_decoder(audio);
    int status = open_decoder(audio);
    while (status >= 0 && position > 0) {
        int got = 0;
        status = cfs_audio_read(audio, NULL, (int)FFMIN(position, 1 << 20), &got);
        if (got == 0) break;
        position -= got;
    }
    return status < 0 ? status : 0;
}

void cfs_audio_mix(float *mix, const float *samples, int count, double from, double to) {
    float gain = (float)from, step = count > 0 ? (float)((to - from) / count) : 0;
    for (int i = 0; i < count; i++) {
        float g = gain + step * (float)i;
        mix[2 * i] += samples[2 * i] * g;
        mix[2 * i + 1] += samples[2 * i + 1] * g;
    }
}

float cfs_audio_peak(const float *samples, int count) {
    float peak = 0;
    for (int i = 0; i < count * CFS_CHANNELS; i++) peak = fmaxf(peak, fabsf(samples[i]));
    return peak;
}
