/* SPDX-License-Identifier: Apache-2.0 */
/* When the pictures of a video file are shown, from its packets. */
#include "isolated.h"

#include <stdlib.h>

static int by_time(const void *a, const void *b) {
    int64_t x = ((const cfs_video_time *)a)->time, y = ((const cfs_video_time *)b)->time;
    return (x > y) - (x < y);
}

/* Returns whether a packet has a picture that is shown. */
static int is_shown(const cfs_video *video, const AVPacket *packet) {
    if (packet->flags & AV_PKT_FLAG_DISCARD) return 0;   /* cut off by an edit list */
    if (video->stream->codecpar->codec_id != AV_CODEC_ID_VP8) return 1;
    return packet->size > 0 && (packet->data[0] & 0x10);   /* RFC 6386, 9.1: show_frame */
}

/* Adds a picture to the list. */
static int add(cfs_video_time **times, size_t *count, size_t *room, cfs_video_time time) {
    if (*count == *room) {
        size_t more = *room ? 2 * *room : 256;
        cfs_video_time *grown = av_realloc_array(*times, more, sizeof *grown);
        if (!grown) return AVERROR(ENOMEM);
        *times = grown;
        *room = more;
    }
    (*times)[(*count)++] = time;
    return 0;
}

int cfs_video_list_times(cfs_video *video, size_t most, cfs_video_time **times, size_t *count) {
    if (video->isolated) return cfs_isolated_list_times(video->isolated, most, times, count);
    *times = NULL;
    *count = 0;
    size_t room = 0;
    int status = 0, no_pts = -1;
    int64_t latest = INT64_MIN;
    video->has_started = 1;   /* whoever looks for a picture afterwards has to seek */
    while (status >= 0 && av_read_frame(video->format, video->packet) >= 0) {
        const AVPacket *packet = video->packet;
        if (packet->stream_index == video->stream->index) {
            if (no_pts < 0) no_pts = packet->pts == AV_NOPTS_VALUE;
            int64_t time = no_pts ? packet->dts : packet->pts;
            int64_t turn = packet->dts != AV_NOPTS_VALUE ? packet->dts : time;
            /* A clock that goes back: its pictures are never shown. */
            int is_back = latest != INT64_MIN && turn != AV_NOPTS_VALUE && turn < latest - video->second;
            if (turn != AV_NOPTS_VALUE && turn > latest) latest = turn;
            if (time != AV_NOPTS_VALUE && !is_back && is_shown(video, packet)) {
                if (*count >= most) status = AVERROR(E2BIG);
                else status = add(times, count, &room, (cfs_video_time){
                    .time = time - video->origin, .duration = packet->duration, .is_key = !!(packet->flags & AV_PKT_FLAG_KEY)});
            }
        }
        av_packet_unref(video->packet);
    }
    av_packet_unref(video->packet);
    if (status < 0) {
        cfs_video_times_free(*times);
        *times = NULL;
        *count = 0;
        return status;
    }
    if (*count) qsort(*times, *count, sizeof **times, by_time);
    return 0;
}

void cfs_video_times_free(cfs_video_time *times) { av_free(times); }
