/* SPDX-License-Identifier: Apache-2.0 */
/* Effects on stereo sound: a chain of libavfilter's filters.

   Filters come from the closed list below, and options are set one by one on the filter's object before it is initialised, as in
   graph.c. libavfilter may convert between kinds of numbers, but neither rates nor channels. */
#include "../internal.h"

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <stdio.h>
#include <string.h>

enum { MOST_RESPONSES = 16 };

struct cfs_sound_effects {
    AVFilterGraph *graph;
    AVFilterContext *source, *last, *sink;
    AVFrame *out;
    int out_from;        /* the next sample of `out` to give */
    int64_t pushed;
    int count;
    AVFilterContext *response_sources[MOST_RESPONSES];
    AVFrame *responses[MOST_RESPONSES];   /* what each source is given when the chain is configured */
    int response_count;
};

static const char *const known[] = {"highpass", "lowpass", "equalizer", "bass", "treble", "acompressor", "agate", "afftdn",
                                    "afir"};

int cfs_sound_effects_has(const char *filter) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i], filter)) return avfilter_get_by_name(filter) != NULL;
    return 0;
}

static AVFilterContext *allocate(cfs_sound_effects *effects, const char *filter) {
    const AVFilter *found = avfilter_get_by_name(filter);
    if (!found) return NULL;
    char name[32];
    snprintf(name, sizeof name, "node%d", effects->count++);
    return avfilter_graph_alloc_filter(effects->graph, found, name);
}

static int add_source(cfs_sound_effects *effects, AVFilterContext **source) {
    AVFilterContext *node = allocate(effects, "abuffer");
    AVBufferSrcParameters *params = av_buffersrc_parameters_alloc();
    int status = node && params ? 0 : AVERROR(ENOMEM);
    if (!status) {
        params->format = AV_SAMPLE_FMT_FLT;
        params->sample_rate = CFS_SAMPLE_RATE;
        params->time_base = (AVRational){1, CFS_SAMPLE_RATE};
        params->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
        status = av_buffersrc_parameters_set(node, params);
        if (status >= 0) status = avfilter_init_str(node, NULL);
    }
    av_free(params);
    *source = node;
    return status < 0 ? status : 0;
}

int cfs_sound_effects_create(cfs_sound_effects **out) {
    *out = NULL;
    cfs_sound_effects *effects = av_mallocz(sizeof *effects);
    if (!effects) return AVERROR(ENOMEM);
    effects->graph = avfilter_graph_alloc();
    effects->out = av_frame_alloc();
    int status = effects->graph && effects->out ? 0 : AVERROR(ENOMEM);
    if (status >= 0) {
        effects->graph->nb_threads = 1;
        status = add_source(effects, &effects->source);
        effects->last = effects->source;
    }
    if (status < 0) cfs_sound_effects_free(effects);
    else *out = effects;
    return status < 0 ? status : 0;
}

void cfs_sound_effects_free(cfs_sound_effects *effects) {
    if (!effects) return;
    avfilter_graph_free(&effects->graph);
    av_frame_free(&effects->out);
    for (int i = 0; i < effects->response_count; i++) av_frame_free(&effects->responses[i]);
    av_free(effects);
}

static int append(cfs_sound_effects *effects, AVFilterContext *node) {
    int status = avfilter_link(effects->last, 0, node, 0);
    effects->last = node;
    return status;
}

int cfs_sound_effects_add(cfs_sound_effects *effects, const char *filter, const char *const *names, const double *values, int count) {
    if (!cfs_sound_effects_has(filter)) return AVERROR_FILTER_NOT_FOUND;
    AVFilterContext *node = allocate(effects, filter);
    if (!node) return AVERROR(ENOMEM);
    int status = 0;
    if (!strcmp(filter, "equalizer") || !strcmp(filter, "bass") || !strcmp(filter, "treble"))
        status = av_opt_set(node->priv, "width_type", "q", 0);
    for (int i = 0; i < count && status >= 0; i++) status = av_opt_set_double(node->priv, names[i], values[i], 0);
    if (status >= 0) status = avfilter_init_str(node, NULL);
    return status < 0 ? status : append(effects, node);
}

/* Returns a frame with a copy of samples; NULL: out of memory. */
static AVFrame *frame_of(const float *samples, int count, int64_t time) {
    AVFrame *frame = av_frame_alloc();
    if (!frame) return NULL;
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = CFS_SAMPLE_RATE;
    frame->nb_samples = count;
    frame->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    frame->pts = time;
    if (av_frame_get_buffer(frame, 0) < 0) {
        av_frame_free(&frame);
        return NULL;
    }
    memcpy(frame->data[0], samples, (size_t)count * CFS_CHANNELS * sizeof *samples);
    return frame;
}

int cfs_sound_effects_add_response(cfs_sound_effects *effects, const float *samples, int count) {
    if (count < 1 || effects->response_count == MOST_RESPONSES) return AVERROR(EINVAL);
    AVFilterContext *node = allocate(effects, "afir"), *source = NULL;
    if (!node) return AVERROR_FILTER_NOT_FOUND;
    int status = av_opt_set_double(node->priv, "maxir", 60, 0);
    /* The response as it is: FFmpeg 5.1 and 6.0 bring them to a peak by `gtype`, later ones to a norm by `irnorm`. */
    if (status >= 0)
        status = av_opt_find(node->priv, "irnorm", NULL, 0, 0) ? av_opt_set_double(node->priv, "irnorm", -1, 0)
                                                               : av_opt_set_int(node->priv, "gtype", -1, 0);
    if (status >= 0) status = avfilter_init_str(node, NULL);
    if (status >= 0) status = add_source(effects, &source);
    if (status >= 0) status = avfilter_link(source, 0, node, 1);
    if (status < 0) return status;
    AVFrame *frame = frame_of(samples, count, 0);
    if (!frame) return AVERROR(ENOMEM);
    effects->responses[effects->response_count] = frame;
    effects->response_sources[effects->response_count++] = source;
    return append(effects, node);
}

int cfs_sound_effects_configure(cfs_sound_effects *effects) {
    AVFilterContext *format = allocate(effects, "aformat"), *sink = allocate(effects, "abuffersink");
    if (!format || !sink) return AVERROR(ENOMEM);
    int status = av_opt_set(format->priv, "sample_fmts", "flt", 0);
    if (status >= 0) status = av_opt_set(format->priv, "sample_rates", "48000", 0);
    if (status >= 0) status = av_opt_set(format->priv, "channel_layouts", "stereo", 0);
    if (status >= 0) status = avfilter_init_str(format, NULL);
    if (status >= 0) status = avfilter_init_str(sink, NULL);
    if (status >= 0) status = append(effects, format);
    if (status >= 0) status = append(effects, sink);
    effects->sink = sink;
    if (status >= 0) status = avfilter_graph_config(effects->graph, NULL);
    if (status < 0) return status;
    /* A filter that takes another rate or other channels would have got a conversion. */
    for (unsigned i = 0; i < effects->graph->nb_filters; i++) {
        const AVFilterContext *node = effects->graph->filters[i];
        for (unsigned k = 0; k < node->nb_outputs; k++)
            if (node->outputs[k]->sample_rate != CFS_SAMPLE_RATE || node->outputs[k]->ch_layout.nb_channels != CFS_CHANNELS)
                return AVERROR(EINVAL);
    }
    for (int i = 0; i < effects->response_count && status >= 0; i++) {
        status = av_buffersrc_add_frame(effects->response_sources[i], effects->responses[i]);
        if (status >= 0) status = av_buffersrc_add_frame(effects->response_sources[i], NULL);
    }
    return status < 0 ? status : 0;
}

int cfs_sound_effects_push(cfs_sound_effects *effects, const float *samples, int count) {
    if (count <= 0) return av_buffersrc_add_frame(effects->source, NULL);
    AVFrame *frame = frame_of(samples, count, effects->pushed);
    if (!frame) return AVERROR(ENOMEM);
    int status = av_buffersrc_add_frame(effects->source, frame);
    av_frame_free(&frame);
    effects->pushed += count;
    return status < 0 ? status : 0;
}

int cfs_sound_effects_read(cfs_sound_effects *effects, float *samples, int room, int *got) {
    *got = 0;
    while (*got < room) {
        int left = effects->out->nb_samples - effects->out_from;
        if (left <= 0) {
            av_frame_unref(effects->out);
            effects->out_from = 0;
            int status = av_buffersink_get_frame(effects->sink, effects->out);
            if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return 0;
            if (status < 0) return status;
            if (effects->out->format != AV_SAMPLE_FMT_FLT || effects->out->ch_layout.nb_channels != CFS_CHANNELS)
                return AVERROR(EINVAL);
            continue;
        }
        int some = cfs_min(left, room - *got);
        memcpy(samples + (size_t)*got * CFS_CHANNELS, (const float *)effects->out->data[0] + (size_t)effects->out_from * CFS_CHANNELS,
               (size_t)some * CFS_CHANNELS * sizeof *samples);
        effects->out_from += some;
        *got += some;
    }
    return 0;
}
