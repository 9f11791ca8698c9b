/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of a video file that is shown at a time. */
#include "../pixels/planes.h"
#include "isolated.h"

#include <math.h>

/* Makes the next picture the current one. AVERROR_EOF: there is no current one then. */
static int advance(cfs_video *video) {
    av_frame_unref(video->current);
    av_frame_move_ref(video->current, video->next);
    for (;;) {
        int status = cfs_video_decode(video, video->next);
        if (status < 0) {
            av_frame_unref(video->next);
            video->is_drained = 1;
            if (status != AVERROR_EOF) return status;
            break;
        }
        if (!video->current->buf[0] || cfs_shown_from(video->next) > cfs_shown_from(video->current)) break;
        av_frame_unref(video->next);   /* a time that does not come after the one before: never shown */
    }
    return video->current->buf[0] ? 0 : AVERROR_EOF;
}

/* Begins to decode at a key picture at or before a time; the first picture that comes out is the next one. */
static int restart(cfs_video *video, int64_t target) {
    int64_t first = video->stream->start_time == AV_NOPTS_VALUE ? 0 : video->stream->start_time;
    video->is_at_start = target <= first;
    int status = -1;
    if (!video->is_at_start || !video->is_searched)
        status = av_seek_frame(video->format, video->stream->index, video->is_at_start ? first : target,
                               AVSEEK_FLAG_BACKWARD);
    if (status < 0) {
        status = av_seek_frame(video->format, video->stream->index, 0, AVSEEK_FLAG_BYTE);
        if (status < 0) status = av_seek_frame(video->format, -1, 0, AVSEEK_FLAG_BACKWARD);
        video->is_at_start = 1;
    }
    cfs_video_flush(video);
    video->waits_for_key = 1;
    status = advance(video);
    return status == AVERROR_EOF ? 0 : status;
}

static int64_t position(const cfs_video *video) {
    if (video->current->buf[0]) return cfs_shown_from(video->current);
    return video->next->buf[0] ? cfs_shown_from(video->next) : INT64_MAX;
}

/* Seeks until the first picture that comes out is not later than the target. A seek may end too late: pictures at a place where
   decoding can begin may be shown before it, and cannot be decoded from there; and some containers have no index. */
static int seek(cfs_video *video, int64_t target) {
    for (int64_t back = 0;; back = back ? 2 * back : video->second) {
        int status = restart(video, target - back);
        if (status < 0) return status;
        if (video->is_at_start) return 0;
        if (video->next->buf[0] && cfs_shown_from(video->next) <= target) return 0;
    }
}

int cfs_video_find(cfs_video *video, int64_t time, int64_t key, int64_t *shown_from) {
    if (video->isolated) return cfs_isolated_find(video->isolated, time, key, shown_from);
    int64_t target = time + video->origin, from = position(video);
    int status = 0;
    if (from == INT64_MAX && !video->has_started) {
        status = advance(video);
        if (status < 0 && status != AVERROR_EOF) return status;
        status = 0;
        from = position(video);
    }
    /* Decoding on is cheaper than a seek unless there is a key picture on the way. */
    int64_t near = key == CFS_NO_TIME ? 2 * video->second : video->second / 4;
    int is_far = target - from > near && (key == CFS_NO_TIME || key + video->origin > from);
    int is_known = video->current->buf[0] && target >= from
        && (video->next->buf[0] ? target < cfs_shown_from(video->next) : video->is_drained);
    if (!is_known && (target < from || is_far)) status = seek(video, target);
    while (status >= 0 && video->next->buf[0] && cfs_shown_from(video->next) <= target) status = advance(video);
    if (status < 0 && status != AVERROR_EOF) return status;
    /* Before the first picture, that is shown already. */
    if (!video->current->buf[0] && video->next->buf[0]) {
        status = advance(video);
        if (status < 0 && status != AVERROR_EOF) return status;
    }
    if (!video->current->buf[0]) return CFS_FINISHED;
    *shown_from = cfs_shown_from(video->current) - video->origin;
    return 0;
}

int cfs_video_take(cfs_video *video, cfs_picture **picture) {
    if (video->isolated) return cfs_isolated_take(video->isolated, picture);
    *picture = NULL;
    if (!video->current->buf[0]) return AVERROR(EINVAL);
    AVFrame *frame = av_frame_clone(video->current);
    return frame ? cfs_video_describe(frame, picture) : AVERROR(ENOMEM);
}

enum AVColorSpace cfs_settled_matrix(enum AVColorSpace said, int width, int height) {
    if (said == AVCOL_SPC_UNSPECIFIED || said == AVCOL_SPC_RGB || said == AVCOL_SPC_RESERVED)
        return width >= 1280 || height > 576 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    return said == AVCOL_SPC_BT2020_CL ? AVCOL_SPC_BT2020_NCL : said;
}

int cfs_video_describe(AVFrame *frame, cfs_picture **picture) {
    enum AVColorSpace said = frame->colorspace;
    enum AVChromaLocation location = frame->chroma_location;
    int status = cfs_describe_any(frame, picture);
    if (status < 0) return status;
    (*picture)->matrix = cfs_settled_matrix(said, (*picture)->width, (*picture)->height);
    (*picture)->chroma = location == AVCHROMA_LOC_CENTER || location == AVCHROMA_LOC_TOPLEFT ? location : AVCHROMA_LOC_LEFT;
    return 0;
}

/* Whether the rows of a frame begin where zimg needs them to, as they do in frames of our own. */
static int is_aligned(const AVFrame *frame) {
    for (int p = 0; p < 3; p++)
        if ((uintptr_t)frame->data[p] % 64 || frame->linesize[p] % 64) return 0;
    return 1;
}

cfs_frame *cfs_picture_share(const cfs_picture *picture, cfs_region region, int width, int height) {
    const AVFrame *frame = picture->frame;
    if (picture->family != CFS_YUV || picture->depth != 8 || picture->sub_w != 1 || picture->sub_h != 1 || picture->has_alpha
        || picture->full_range || picture->matrix != AVCOL_SPC_BT709 || picture->chroma != AVCHROMA_LOC_LEFT
        || picture->width != width || picture->height != height || frame->format != AV_PIX_FMT_YUV420P
        || picture->data[0] != frame->data[0] || !is_aligned(frame) || frame->width != width || frame->height != height
        || fabs(region.left) > 1e-6 || fabs(region.top) > 1e-6 || fabs(region.width - width) > 1e-6
        || fabs(region.height - height) > 1e-6)
        return NULL;
    AVFrame *shared = av_frame_clone(frame);
    if (!shared) return NULL;
    while (shared->nb_side_data > 0) av_frame_remove_side_data(shared, shared->side_data[0]->type);
    shared->pict_type = AV_PICTURE_TYPE_NONE;
    cfs_frame_tag(shared);
    return shared;
}
