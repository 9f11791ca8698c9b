/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of sound files with exact times. */
#include "packets.h"

#include <libavutil/avstring.h>
#include <libavutil/intreadwrite.h>

#include <string.h>
#include <stdio.h>
#include <unistd.h>

static const AVRational ticks = {1, CFS_TICKS};

static int is_format(const cfs_packets *packets, const char *name) {
    return av_match_name(name, packets->format->iformat->name);
}

int cfs_packets_open(cfs_packets *packets, int fd) {
    *packets = (cfs_packets){.fd = fd};
    int status = cfs_demuxer_open(fd, CFS_SOUND_FORMATS, CFS_SOUND_CODECS, NULL, &packets->io, &packets->format);
    if (status < 0) return status;
    AVFormatContext *format = packets->format;
    status = avformat_find_stream_info(format, NULL);
    if (status < 0) return status;
    status = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    if (status < 0) return AVERROR_STREAM_NOT_FOUND;
    packets->stream = status;
    for (unsigned i = 0; i < format->nb_streams; i++)
        format->streams[i]->discard = (int)i == packets->stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    packets->has_exact_times = !is_format(packets, "matroska") && !is_format(packets, "mpegts") && !is_format(packets, "mpeg")
                               && !is_format(packets, "flv");
    /* libav's times of Vorbis are off where long blocks follow short ones, by up to a quarter of the longest, 8192. */
    if (format->streams[packets->stream]->codecpar->codec_id == AV_CODEC_ID_VORBIS) packets->slack = CFS_TICKS / 22;
    else if (packets->has_exact_times) packets->slack = CFS_TICKS / 500;
    packets->can_lose_time = is_format(packets, "mp3") || is_format(packets, "aac") || is_format(packets, "ac3")
                             || is_format(packets, "eac3");
    /* These formats put all streams on one clock, on which a sound may begin late. In the others it begins with its
       first sample. */
    packets->has_origin = is_format(packets, "mov");
    if (is_format(packets, "mpegts") || is_format(packets, "mpeg") || is_format(packets, "avi") || is_format(packets, "flv")) {
        packets->has_origin = format->start_time != AV_NOPTS_VALUE;
        if (packets->has_origin) packets->origin = av_rescale(format->start_time, CFS_TICKS, AV_TIME_BASE);
    }
    return 0;
}

void cfs_packets_close(cfs_packets *packets) {
    avformat_close_input(&packets->format);
    cfs_io_close(&packets->io);
}

/* Returns the number of samples at the start that a file of this kind has without saying so; 0 if it says, or has none.

   The first frame of AAC cannot be decoded right, because each frame is added to the end of the one before. MP3 is late
   by 529 samples in every decoder and 576 in LAME, which files with a Xing header say (LAME's technical FAQ); Matroska
   has no place for that header, and in ADTS there is no header at all. A file with pictures keeps the time of its
   sound, in which the pictures were cut. */
static int unstated_delay(const cfs_packets *packets) {
    const AVCodecParameters *codec = packets->format->streams[packets->stream]->codecpar;
    if (packets->format->nb_streams > 1 || codec->initial_padding > 0) return 0;
    int in_matroska = is_format(packets, "matroska");
    if (codec->codec_id == AV_CODEC_ID_AAC && (in_matroska || is_format(packets, "aac")))
        return codec->frame_size > 0 ? codec->frame_size : 1024;
    return codec->codec_id == AV_CODEC_ID_MP3 && in_matroska ? 576 + 529 : 0;
}

/* Returns the size in bytes of the frame at the start of a packet of a bare row of frames; 0 if there is none. */
static int frame_size(const cfs_packets *packets, const AVPacket *packet) {
    const uint8_t *h = packet->data;
    if (packet->size < 8) return 0;
    if (is_format(packets, "mp3")) return cfs_mpeg_frame_size(h);
    if (is_format(packets, "aac"))   /* ISO 13818-7, 6.2: a length of 13 bits */
        return h[0] == 0xff && (h[1] & 0xf6) == 0xf0 ? (h[3] & 3) << 11 | h[4] << 3 | h[5] >> 5 : 0;
    if (h[0] != 0x0b || h[1] != 0x77) return 0;
    return is_format(packets, "eac3") ? (((h[2] & 7) << 8 | h[3]) + 1) * 2 : packet->size;
}

static int is_tag(const uint8_t *bytes, int size) {
    return size >= 3 && (!memcmp(bytes, "ID3", 3) || !memcmp(bytes, "TAG", 3) || !memcmp(bytes, "APE", 3)
                         || !memcmp(bytes, "LYR", 3));
}

/* Returns how many frames more a packet stands for than one: the parser joins what it cannot read to a frame beside it, or
   cuts it anywhere. How many frames that was follows from how many bytes a frame has elsewhere. */
static int64_t lost_frames(cfs_packets *packets, const AVPacket *packet) {
    int size = frame_size(packets, packet), rest = packet->size - size;
    if (size > 0 && rest <= 0) {
        packets->clean_bytes += packet->size;
        packets->clean_count++;
        packets->junk_bytes = packets->junk_packets = 0;
        packets->junk_frames = 0;
        return 0;
    }
    if (packets->clean_count == 0 || is_tag(packet->data + size, rest)) return 0;
    packets->junk_bytes += rest;
    packets->junk_packets += size > 0 ? 0 : 1;
    int64_t usual = FFMAX(1, packets->clean_bytes / packets->clean_count);
    int64_t frames = (packets->junk_bytes + usual / 2) / usual - packets->junk_packets, more = frames - packets->junk_frames;
    packets->junk_frames = frames;
    return more;
}

static AVRational time_base(const cfs_packets *packets) {
    if (packets->link_rate > 0) return (AVRational){1, packets->link_rate};
    return packets->format->streams[packets->stream]->time_base;
}

static int64_t duration_of(const cfs_packets *packets, const AVPacket *packet) {
    const AVStream *stream = packets->format->streams[packets->stream];
    int rate = stream->codecpar->sample_rate;
    /* Matroska's are in milliseconds, so what the codec says is better. */
    if (rate > 0 && (packet->duration <= 0 || !packets->has_exact_times) && !packets->link_rate) {
        int samples = av_get_audio_frame_duration2(stream->codecpar, packet->size);
        if (samples > 0) return av_rescale(samples, CFS_TICKS, rate);
    }
    return packet->duration > 0 ? av_rescale_q(packet->duration, time_base(packets), ticks) : 0;
}

/* Notes the sample rate of the next link of a chained Ogg file, whose headers come as packets. Returns whether this is one. */
static int begins_link(cfs_packets *packets, const AVPacket *packet) {
    const uint8_t *d = packet->data;
    if (packet->size >= 16 && !memcmp(d, "\001vorbis", 7))   /* Vorbis I, 4.2.2 */
        packets->link_rate = (int)(d[12] | d[13] << 8 | d[14] << 16 | (unsigned)d[15] << 24);
    else if (packet->size >= 34 && !memcmp(d, "\177FLAC", 5))   /* Ogg FLAC mapping; STREAMINFO is at 17 */
        packets->link_rate = d[27] << 12 | d[28] << 4 | d[29] >> 4;
    else if (packet->size >= 19 && !memcmp(d, "OpusHead", 8))
        packets->link_rate = 48000;
    else
        return 0;
    if (packets->link_rate < 1 || packets->link_rate > 1000000) packets->link_rate = 0;
    packets->link = packets->at;
    return 1;
}

/* Returns where a packet begins, in ticks of the file's own time. */
static int64_t start_of(cfs_packets *packets, const AVPacket *packet, int64_t duration) {
    int64_t pts = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    if (pts == AV_NOPTS_VALUE) return packets->at;
    int64_t start = av_rescale_q(pts, time_base(packets), ticks) + packets->lost + packets->link;
    /* Rounded times are only right in the long run. */
    int64_t off = start - packets->at;
    if (!packets->has_exact_times && packets->at && (off < 0 ? -off : off) < duration / 4 * 3) return packets->at;
    return start;
}

int cfs_packets_next(cfs_packets *packets, AVPacket *packet, int64_t *padding) {
    *padding = 0;
    for (;;) {
        int status = av_read_frame(packets->format, packet);
        if (status == AVERROR_EOF) return CFS_FINISHED;
        /* Damage in the container: what follows it may still be found. */
        if (status == AVERROR_INVALIDDATA && packets->failures++ < 1000) continue;
        if (status == AVERROR_INVALIDDATA) return CFS_FINISHED;
        if (status < 0) return status;
        packets->failures = 0;
        if (packet->stream_index == packets->stream) break;
        av_packet_unref(packet);
    }
    const AVCodecParameters *codec = packets->format->streams[packets->stream]->codecpar;
    int is_ogg = is_format(packets, "ogg"), rate = packets->link_rate ? packets->link_rate : cfs_max(1, codec->sample_rate);
    if (is_ogg && packets->has_origin) begins_link(packets, packet);
    int64_t duration = duration_of(packets, packet), start = start_of(packets, packet, duration), delay = 0;
    packets->at = start + duration;
    if (packets->can_lose_time) {
        int64_t lost = lost_frames(packets, packet) * duration;
        packets->lost += lost;
        packets->at += lost;
    }
    size_t size = 0;
    uint8_t *skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
    if (skip && size >= 8) {
        delay = av_rescale(AV_RL32(skip), CFS_TICKS, rate);
        *padding = av_rescale(AV_RL32(skip + 4), CFS_TICKS, rate);
    }
    if (!packets->has_origin) {
        packets->has_origin = 1;
        /* The first packet of Vorbis gives no samples. In a file of one page libav counts it from 0 on, and takes its length
           from the last packet. */
        if (is_ogg && codec->codec_id == AV_CODEC_ID_VORBIS) {
            delay = duration;
            packets->early = start >= 0 ? duration : 0;
        }
        packets->origin = is_format(packets, "matroska") ? 0 : start + delay;
        if (!delay) packets->origin += av_rescale(unstated_delay(packets), CFS_TICKS, rate);
    }
    if (is_ogg && *padding > 0) {
        if (packets->early) {
            int64_t kept = FFMIN(packets->early, *padding);
            duration += kept;
            packets->at += kept;
            AV_WL32(skip + 4, (uint32_t)av_rescale(*padding - kept, rate, CFS_TICKS));
            packets->early = 0;
        }
        *padding = 0;   /* Ogg's durations are without it */
    }
    packet->pts = start - packets->origin;
    packet->dts = AV_NOPTS_VALUE;
    packet->duration = duration;
    return 0;
}

/* Returns the length that headers state, in ticks of the file's own time from 0, if they are exact; 0 if they are not. */
static int64_t stated_end(const cfs_packets *packets) {
    const AVFormatContext *format = packets->format;
    const AVStream *stream = format->streams[packets->stream];
    if (stream->duration <= 0 || !packets->has_exact_times || packets->can_lose_time || is_format(packets, "ogg")
        || format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE)
        return 0;
    int64_t end = av_rescale_q(stream->duration, stream->time_base, ticks);
    if (is_format(packets, "mov")) {
        int64_t start = stream->start_time != AV_NOPTS_VALUE ? av_rescale_q(stream->start_time, stream->time_base, ticks) : 0;
        int64_t whole = av_rescale(format->duration, CFS_TICKS, AV_TIME_BASE);
        /* With one stream, the container's length excludes the encoder's padding (its edit list). In FFmpeg 7 it is the
           stream's, which says no more. */
        if (format->nb_streams == 1 && format->duration > 0 && FFABS(whole - end) > CFS_TICKS / 100000)
            return FFMIN(start + end, whole);
        return start + end;
    }
    /* A file that was cut short, or whose header was never completed, says more than it holds. */
    int bits = av_get_exact_bits_per_sample(stream->codecpar->codec_id);
    int64_t bytes = avio_size(packets->io), frame = (int64_t)bits * stream->codecpar->ch_layout.nb_channels;
    if (bits > 0 && bytes > 0 && frame > 0 && stream->codecpar->sample_rate > 0)
        end = FFMIN(end, av_rescale(bytes * 8 / frame, CFS_TICKS, stream->codecpar->sample_rate));
    return end;
}

/* Returns the end that Matroska states for the stream, or for the only one; INT64_MAX if it states none. */
static int64_t matroska_end(const cfs_packets *packets) {
    const AVFormatContext *format = packets->format;
    const AVDictionaryEntry *tag = av_dict_get(format->streams[packets->stream]->metadata, "DURATION", NULL, 0);
    int hours, minutes;
    double seconds;
    if (tag && sscanf(tag->value, "%d:%d:%lf", &hours, &minutes, &seconds) == 3 && hours >= 0 && hours < 1000 && seconds > 0)
        return (int64_t)((hours * 3600 + minutes * 60 + seconds) * CFS_TICKS);
    if (format->nb_streams == 1 && format->duration > 0) return av_rescale(format->duration, CFS_TICKS, AV_TIME_BASE);
    return INT64_MAX;
}

int cfs_packets_measure(cfs_packets *packets, int64_t *length) {
    AVPacket *packet = av_packet_alloc();
    if (!packet) return AVERROR(ENOMEM);
    int64_t padding, end = 0, stated = stated_end(packets);
    int status;
    /* The first packet tells where the sound begins. */
    while ((status = cfs_packets_next(packets, packet, &padding)) == 0) {
        if (packet->size > 0 && !(packet->flags & AV_PKT_FLAG_DISCARD))
            end = FFMAX(end, packet->pts + packet->duration - padding);
        av_packet_unref(packet);
        if (stated > 0) {
            end = stated - packets->origin;
            break;
        }
    }
    av_packet_free(&packet);
    if (status < 0) return status;
    if (is_format(packets, "matroska")) {
        int64_t said = matroska_end(packets);
        if (said != INT64_MAX) end = FFMIN(end, said - packets->origin);
    }
    *length = FFMAX(end, 0);
    return 0;
}
