/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding a video file's pictures in the order in which they are shown. */
#include "video.h"

#include <libavutil/version.h>

#define HAS_FRAME_FLAGS (LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 29, 100))   /* FFmpeg 6.1 */

int cfs_is_key(const AVFrame *frame) {
#if HAS_FRAME_FLAGS
    return !!(frame->flags & AV_FRAME_FLAG_KEY);
#else
    return frame->key_frame;
#endif
}

int cfs_is_interlaced(const AVFrame *frame) {
#if HAS_FRAME_FLAGS
    return !!(frame->flags & AV_FRAME_FLAG_INTERLACED);
#else
    return frame->interlaced_frame;
#endif
}

void cfs_video_flush(cfs_video *video) {
    avcodec_flush_buffers(video->decoder);
    av_frame_unref(video->current);
    av_frame_unref(video->next);
    av_frame_unref(video->decoded);
    cfs_deinterlacer_free(video->deinterlacer);
    video->deinterlacer = NULL;
    video->latest = AV_NOPTS_VALUE;
    video->step = 0;
    video->is_drained = video->is_broken = 0;
    video->is_settling = 1;
}

/* Notes that a picture is damaged, and with it those that are predicted from it. */
static void note_damage(cfs_video *video, int64_t time) {
    if (!video->is_broken) video->broken_since = time;
    video->is_broken = 1;
}

/* Returns whether a decoded picture is damaged, or was predicted from one that is.

   A decoder says only of the damaged picture itself that it is, so what follows is left out up to the next key picture; but
   not for longer than the key pictures of a common file are apart, as some streams have none. */
static int is_damaged(cfs_video *video, const AVFrame *frame) {
    int64_t time = cfs_shown_from(frame);
    int errors = frame->decode_error_flags || (frame->flags & AV_FRAME_FLAG_CORRUPT);
    if (errors) {
        /* Where decoding begins, the references of other pictures than key pictures may lie before that. */
        if (!video->is_settling || cfs_is_key(frame)) note_damage(video, time);
        return 1;
    }
    if (video->is_broken && (cfs_is_key(frame) || time - video->broken_since > 12 * video->second)) video->is_broken = 0;
    return video->is_broken;
}

/* Sends the next packet, or the end, to the decoder. */
static int feed(cfs_video *video) {
    int status;
    for (;;) {
        status = av_read_frame(video->format, video->packet);
        if (status < 0) {
            video->is_drained = 1;
            return avcodec_send_packet(video->decoder, NULL);
        }
        video->has_started = 1;
        int is_ours = video->packet->stream_index == video->stream->index;
        if (is_ours && video->waits_for_key && !(video->packet->flags & AV_PKT_FLAG_KEY)) is_ours = 0;
        if (is_ours) break;
        av_packet_unref(video->packet);
    }
    video->waits_for_key = 0;
    if (video->first_dts == AV_NOPTS_VALUE) {
        video->first_dts = video->packet->dts;
        video->has_no_pts = video->packet->pts == AV_NOPTS_VALUE;
    }
    int64_t time = video->packet->pts != AV_NOPTS_VALUE ? video->packet->pts : video->packet->dts;
    status = avcodec_send_packet(video->decoder, video->packet);
    av_packet_unref(video->packet);
    if (status == AVERROR(ENOMEM)) return status;
    if (status < 0 && !video->is_settling) note_damage(video, time);
    return 0;
}

/* Decodes the next picture that is not damaged. */
static int decode(cfs_video *video, AVFrame *out) {
    for (;;) {
        int status = avcodec_receive_frame(video->decoder, out);
        if (status == 0) {
            if (video->has_no_pts && cfs_shown_from(out) != AV_NOPTS_VALUE) {
                /* Such a container counts pictures as they are decoded; the first one is shown at once. */
                if (video->lateness == AV_NOPTS_VALUE) video->lateness = cfs_shown_from(out) - video->first_dts;
                out->best_effort_timestamp -= video->lateness;
            } else if (video->has_no_pts && video->step > 0) {
                out->best_effort_timestamp = video->latest + video->step;   /* the last ones have no packet of their own */
            }
            if (cfs_shown_from(out) != AV_NOPTS_VALUE) {
                if (video->latest != AV_NOPTS_VALUE) video->step = cfs_shown_from(out) - video->latest;
                video->latest = cfs_shown_from(out);
            }
            int is_wanted = !is_damaged(video, out) && cfs_shown_from(out) != AV_NOPTS_VALUE;
            if (is_wanted) {
                video->is_settling = 0;
                return 0;
            }
            av_frame_unref(out);
        } else if (status == AVERROR(EAGAIN)) {
            status = feed(video);
            if (status == AVERROR(ENOMEM)) return status;
        } else if (status == AVERROR_EOF || status == AVERROR(ENOMEM)) {
            return status;
        } else if (video->is_drained) {
            return AVERROR_EOF;
        } else if (!video->is_settling) {
            note_damage(video, video->latest);
        }
    }
}

int cfs_video_decode(cfs_video *video, AVFrame *out) {
    for (;;) {
        if (video->deinterlacer) {
            int status = cfs_deinterlacer_pull(video->deinterlacer, out);
            if (status == 0) return 0;
            if (status == AVERROR_EOF) {
                cfs_deinterlacer_free(video->deinterlacer);
                video->deinterlacer = NULL;
                if (!video->decoded->buf[0]) return AVERROR_EOF;
            } else if (status != AVERROR(EAGAIN)) {
                return status;
            }
        }
        if (!video->decoded->buf[0]) {
            int status = decode(video, video->decoded);
            if (status == AVERROR_EOF && video->deinterlacer) {
                if ((status = cfs_deinterlacer_push(video->deinterlacer, NULL)) < 0) return status;
                continue;
            }
            if (status < 0) return status;
        }
        AVFrame *frame = video->decoded;
        if (!video->deinterlacer && !cfs_is_interlaced(frame)) {
            av_frame_move_ref(out, frame);
            return 0;
        }
        if (!video->deinterlacer
            && !(video->deinterlacer = cfs_deinterlacer_create(frame, video->stream->time_base)))
            return AVERROR(ENOMEM);
        /* A picture of another size waits until the pictures before it have come out. */
        int takes = cfs_deinterlacer_takes(video->deinterlacer, frame);
        int status = cfs_deinterlacer_push(video->deinterlacer, takes ? frame : NULL);
        if (status < 0) return status;
    }
}
