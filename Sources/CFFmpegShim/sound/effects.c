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

struct cfs_sound_effects {
    AVFilterGraph *graph;
    AVFilterContext *source, *last, *sink;
    AVFrame *out;
    int out_from;        /* the next sample of `out` to give */
    int64_t pushed;
    int count;
};

static const char *const known[] = {"highpass", "lowpass", "equalizer", "bass", "treble", "acompressor", "agate", "afftdn"};

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

static int add_source(cfs_sound_effects *effects) {
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
    effects->source = effects->last = node;
    return status;
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
        status = add_source(effects);
    }
    if (status < 0) cfs_sound_effects_free(effects);
    else *out = effects;
    return status < 0 ? status : 0;
}

void cfs_sound_effects_free(cfs_sound_effects *effects) {
    if (!effects) return;
    avfilter_graph_free(&effects->graph);
    av_frame_free(&effects->out);
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
    return 0;
}

int cfs_sound_effects_push(cfs_sound_effects *effects, const float *samples, int count) {
    if (count <= 0) return av_buffersrc_add_frame(effects->source, NULL);
    AVFrame *frame = av_frame_alloc();
    if (!frame) return AVERROR(ENOMEM);
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = CFS_SAMPLE_RATE;
    frame->nb_samples = count;
    frame->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    frame->pts = effects->pushed;
    int status = av_frame_get_buffer(frame, 0);
    if (status >= 0) {
        memcpy(frame->data[0], samples, (size_t)count * CFS_CHANNELS * sizeof *samples);
        status = av_buffersrc_add_frame(effects->source, frame);
    }
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
