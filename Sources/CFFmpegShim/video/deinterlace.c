/* SPDX-License-Identifier: Apache-2.0 */
/* Deinterlacing by libavfilter's bwdif, with one picture for each frame. */
#include "video.h"

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>

struct cfs_deinterlacer {
    AVFilterGraph *graph;
    AVFilterContext *in, *out;
    AVRational unit;
    int format, width, height;
};

void cfs_deinterlacer_free(cfs_deinterlacer *deinterlacer) {
    if (!deinterlacer) return;
    avfilter_graph_free(&deinterlacer->graph);
    av_free(deinterlacer);
}

static int build(cfs_deinterlacer *d, const AVFrame *frame) {
    if (!(d->graph = avfilter_graph_alloc())) return AVERROR(ENOMEM);
    d->graph->nb_threads = 1;
    d->in = avfilter_graph_alloc_filter(d->graph, avfilter_get_by_name("buffer"), "in");
    AVFilterContext *filter = avfilter_graph_alloc_filter(d->graph, avfilter_get_by_name("bwdif"), "bwdif");
    d->out = avfilter_graph_alloc_filter(d->graph, avfilter_get_by_name("buffersink"), "out");
    AVBufferSrcParameters *parameters = av_buffersrc_parameters_alloc();
    if (!d->in || !filter || !d->out || !parameters) {
        av_free(parameters);
        return AVERROR(ENOMEM);
    }
    parameters->format = frame->format;
    parameters->width = frame->width;
    parameters->height = frame->height;
    parameters->time_base = d->unit;
#if LIBAVFILTER_VERSION_INT >= AV_VERSION_INT(9, 16, 100)  /* FFmpeg 7.0 negotiates colour */
    parameters->color_space = frame->colorspace;
    parameters->color_range = frame->color_range;
#endif
    int status = av_buffersrc_parameters_set(d->in, parameters);
    av_free(parameters);
    if (status >= 0) status = avfilter_init_dict(d->in, NULL);
    if (status >= 0) status = av_opt_set(filter->priv, "mode", "send_frame", 0);
    if (status >= 0) status = av_opt_set(filter->priv, "deint", "interlaced", 0);
    if (status >= 0) status = avfilter_init_dict(filter, NULL);
    if (status >= 0) status = avfilter_init_dict(d->out, NULL);
    if (status >= 0) status = avfilter_link(d->in, 0, filter, 0);
    if (status >= 0) status = avfilter_link(filter, 0, d->out, 0);
    return status >= 0 ? avfilter_graph_config(d->graph, NULL) : status;
}

cfs_deinterlacer *cfs_deinterlacer_create(const AVFrame *frame, AVRational unit) {
    cfs_deinterlacer *d = av_mallocz(sizeof *d);
    if (!d) return NULL;
    d->unit = unit;
    d->format = frame->format;
    d->width = frame->width;
    d->height = frame->height;
    if (build(d, frame) >= 0) return d;
    cfs_deinterlacer_free(d);
    return NULL;
}

int cfs_deinterlacer_takes(const cfs_deinterlacer *d, const AVFrame *frame) {
    return d->format == frame->format && d->width == frame->width && d->height == frame->height;
}

int cfs_deinterlacer_push(cfs_deinterlacer *d, AVFrame *frame) {
    if (frame) frame->pts = cfs_shown_from(frame);
    return av_buffersrc_add_frame_flags(d->in, frame, 0);
}

int cfs_deinterlacer_pull(cfs_deinterlacer *d, AVFrame *frame) {
    int status = av_buffersink_get_frame(d->out, frame);
    if (status < 0) return status;
    frame->pts = frame->best_effort_timestamp = av_rescale_q(frame->pts, av_buffersink_get_time_base(d->out), d->unit);
    return 0;
}
