/* SPDX-License-Identifier: Apache-2.0 */
/* Sound files as one stream of stereo floats at 48 kHz. */
#include "audio.h"

#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
#include <string.h>
#include <unistd.h>

static void close_decoder(cfs_audio *audio) {
    avcodec_free_context(&audio->decoder);
    cfs_packets_close(&audio->packets);
    swr_free(&audio->resampler);
    av_channel_layout_uninit(&audio->in_layout);
    av_frame_unref(audio->frame);
    audio->ready_count = audio->ready_from = audio->drained = audio->is_waiting = audio->has_decoded = 0;
    audio->gap = audio->at = audio->given = 0;
}

static int open_decoder(cfs_audio *audio) {
    int status = cfs_packets_open(&audio->packets, audio->fd);
    if (status < 0) return status;
    const AVStream *stream = audio->packets.format->streams[audio->packets.stream];
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    if (!codec) return AVERROR_DECODER_NOT_FOUND;
    audio->decoder = avcodec_alloc_context3(codec);
    if (!audio->decoder) return AVERROR(ENOMEM);
    status = avcodec_parameters_to_context(audio->decoder, stream->codecpar);
    if (status < 0) return status;
    audio->decoder->pkt_timebase = (AVRational){1, CFS_TICKS};
    audio->decoder->thread_count = 1;
    audio->decoder->codec_whitelist = av_strdup(CFS_SOUND_CODECS);
    return avcodec_open2(audio->decoder, codec, NULL);
}

int cfs_audio_open(int fd, int64_t length, cfs_audio **out) {
    *out = NULL;
    cfs_audio *audio = av_mallocz(sizeof *audio);
    if (!audio) {
        close(fd);
        return AVERROR(ENOMEM);
    }
    audio->fd = fd;
    audio->length = length;
    audio->packet = av_packet_alloc();
    audio->frame = av_frame_alloc();
    audio->silence = av_frame_alloc();
    int status = audio->packet && audio->frame && audio->silence ? open_decoder(audio) : AVERROR(ENOMEM);
    if (status < 0) {
        cfs_audio_free(audio);
        return status;
    }
    *out = audio;
    return 0;
}

void cfs_audio_free(cfs_audio *audio) {
    if (!audio) return;
    close_decoder(audio);
    av_packet_free(&audio->packet);
    av_frame_free(&audio->frame);
    av_frame_free(&audio->silence);
    av_free(audio->ready);
    close(audio->fd);
    av_free(audio);
}

int cfs_audio_measure(cfs_audio *audio, int64_t *length) {
    int64_t ticks = 0;
    int status = cfs_packets_measure(&audio->packets, &ticks);
    /* A part of a sample that rounding left is no sample. */
    *length = (ticks + CFS_TICKS / CFS_SAMPLE_RATE / 4) / (CFS_TICKS / CFS_SAMPLE_RATE);
    return status;
}

int64_t cfs_audio_lost(const cfs_audio *audio, int64_t *first) {
    *first = audio->first_lost;
    return audio->lost;
}

int64_t cfs_audio_invalid(const cfs_audio *audio) { return audio->invalid; }

int64_t cfs_audio_origin(const cfs_audio *audio) {
    int64_t unit = CFS_TICKS / CFS_SAMPLE_RATE, origin = audio->packets.origin;
    return (origin >= 0 ? origin + unit / 2 : origin - unit / 2) / unit;
}

const char *cfs_audio_format(const cfs_audio *audio) { return audio->packets.format->iformat->name; }
const char *cfs_audio_codec(const cfs_audio *audio) { return audio->decoder->codec->name; }

/* Puts at most a second of silence before the waiting frame. */
static int fill_gap(cfs_audio *audio) {
    enum { MOST = 16384 };
    AVFrame *silence = audio->silence;
    if (!silence->data[0]) {
        silence->format = audio->in_format;
        silence->sample_rate = audio->in_rate;
        silence->nb_samples = MOST;
        int status = av_channel_layout_copy(&silence->ch_layout, &audio->in_layout);
        if (status >= 0) status = av_frame_get_buffer(silence, 0);
        if (status < 0) return status;
        av_samples_set_silence(silence->extended_data, 0, MOST, silence->ch_layout.nb_channels, silence->format);
    }
    int count = (int)FFMIN(audio->gap, MOST);
    audio->gap -= count;
    audio->at += av_rescale(count, CFS_TICKS, audio->in_rate);
    return cfs_audio_resample(audio, silence, 0, count);
}

/* Passes on the waiting frame, without the samples before the start of the sound. */
static int pass_on(cfs_audio *audio) {
    AVFrame *frame = audio->frame;
    int from = 0;
    if (frame->pts != AV_NOPTS_VALUE && frame->pts < 0 && audio->at == 0)
        from = (int)FFMIN(frame->nb_samples, av_rescale(-frame->pts, frame->sample_rate, CFS_TICKS));
    int status = from < frame->nb_samples ? cfs_audio_resample(audio, frame, from, frame->nb_samples - from) : 0;
    audio->at += av_rescale(frame->nb_samples - from, CFS_TICKS, frame->sample_rate);
    audio->is_waiting = 0;
    av_frame_unref(frame);
    return status;
}

/* Notes that `samples` at the input's rate are missing before the place where the sound has come to. */
static void lose(cfs_audio *audio, int64_t samples) {
    if (!audio->lost) audio->first_lost = audio->at / (CFS_TICKS / CFS_SAMPLE_RATE);
    audio->lost += av_rescale(samples, CFS_SAMPLE_RATE, audio->in_rate);
}

/* Takes a decoded frame: it waits until the silence between it and the sound before has been given.

   A frame may come later than the one before ends, because the sound begins late or a packet was damaged. Times that may be
   off are followed only where a packet is missing. */
static int take_frame(cfs_audio *audio) {
    AVFrame *frame = audio->frame;
    if (frame->sample_rate <= 0 || frame->nb_samples <= 0) {
        av_frame_unref(frame);
        return 0;
    }
    int status = cfs_audio_fit_resampler(audio, frame);
    if (status < 0) return status;
    int64_t late = frame->pts != AV_NOPTS_VALUE ? frame->pts - audio->at : 0;
    int64_t least = audio->packets.slack;
    if (!least) least = av_rescale(frame->nb_samples, CFS_TICKS * 3LL / 4, frame->sample_rate);
    if (late > (audio->has_decoded ? least : 0)) {
        audio->gap = av_rescale(late, frame->sample_rate, CFS_TICKS);
        if (audio->has_decoded) lose(audio, audio->gap);
    }
    audio->has_decoded = audio->is_waiting = 1;
    return 0;
}

/* Decodes a little more. Returns CFS_FINISHED at the end of the file. */
static int decode_some(cfs_audio *audio) {
    for (;;) {
        if (audio->is_waiting) return audio->gap > 0 ? fill_gap(audio) : pass_on(audio);
        int status = avcodec_receive_frame(audio->decoder, audio->frame);
        if (status == 0 && audio->frame->decode_error_flags) {
            /* What a decoder made up for a damaged frame, as that of AC-3 does in FFmpeg 7, is not its sound. */
            av_frame_unref(audio->frame);
            status = AVERROR_INVALIDDATA;
        }
        if (status == 0) {
            if ((status = take_frame(audio)) < 0) return status;
            continue;
        }
        if (status == AVERROR_EOF) {
            if (!audio->has_decoded && audio->last_error) return audio->last_error;
            return audio->resampler && cfs_audio_resample(audio, NULL, 0, 0) < 0 ? AVERROR(ENOMEM) : CFS_FINISHED;
        }
        if (status == AVERROR(ENOMEM)) return status;
        if (status != AVERROR(EAGAIN)) {
            /* A damaged packet costs its own samples and nothing else. */
            audio->last_error = status;
            continue;
        }
        if (audio->drained) return CFS_FINISHED;
        int64_t padding;
        status = cfs_packets_next(&audio->packets, audio->packet, &padding);
        if (status < 0) return status;
        if (status == CFS_FINISHED) {
            audio->drained = 1;
            status = avcodec_send_packet(audio->decoder, NULL);
        } else {
            status = avcodec_send_packet(audio->decoder, audio->packet);
            av_packet_unref(audio->packet);
        }
        if (status == AVERROR(ENOMEM)) return status;
        if (status < 0) audio->last_error = status;
    }
}

int cfs_audio_read(cfs_audio *audio, float *samples, int count, int *got) {
    *got = 0;
    if (audio->length > 0) count = (int)FFMIN(count, audio->length - audio->given);
    while (*got < count) {
        float *out = samples ? samples + (size_t)*got * CFS_CHANNELS : NULL;
        int some = FFMIN(count - *got, audio->ready_count);
        if (some == 0) {
            int status = decode_some(audio);
            if (status < 0) return status;
            if (status != CFS_FINISHED || audio->ready_count > 0) continue;
            if (audio->length == 0) break;
            some = count - *got;
            if (out) memset(out, 0, (size_t)some * CFS_CHANNELS * sizeof *out);
        } else {
            if (out)
                memcpy(out, audio->ready + (size_t)audio->ready_from * CFS_CHANNELS,
                       (size_t)some * CFS_CHANNELS * sizeof *samples);
            audio->ready_from += some;
            audio->ready_count -= some;
        }
        *got += some;
        audio->given += some;
    }
    return 0;
}

int cfs_audio_skip(cfs_audio *audio, int64_t count) {
    int status = 0;
    while (status >= 0 && count > 0) {
        int got = 0;
        status = cfs_audio_read(audio, NULL, (int)FFMIN(count, 1 << 20), &got);
        if (got == 0) break;
        count -= got;
    }
    return status < 0 ? status : 0;
}

int cfs_audio_seek(cfs_audio *audio, int64_t position) {
    /* Reopening the file and reading up to the position is the only way that is exact in every format: seek tables are
       not, and the encoder's delay is removed only at the start. Decoding is hundreds of times faster than real
       time. */
    int64_t lost = audio->lost, first = audio->first_lost;
    close_decoder(audio);
    int status = open_decoder(audio);
    if (status >= 0) status = cfs_audio_skip(audio, position);
    audio->lost = lost;   /* what was lost on the way there is not heard */
    audio->first_lost = first;
    return status < 0 ? status : 0;
}
