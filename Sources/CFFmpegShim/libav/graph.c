/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small libavfilter graphs, built node by node.
 *
 * No string is parsed for structure: filters come from the closed list below, and options are set one by one on the
 * filter's object before it is initialised (FFmpeg 8 and later reject them afterwards). Every input gets a frame for
 * every output frame, so no frames queue up between filters.
 */
#include "../internal.h"

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <stdio.h>

enum { MAX_NODES = 4096 };   /* exceeds the simultaneous layers of a plan */

struct cfs_graph {
    AVFilterGraph *graph;
    AVFilterContext *nodes[MAX_NODES];
    int count;
    AVFilterContext *sink;
};

cfs_graph *cfs_graph_create(void) {
    cfs_graph *graph = av_mallocz(sizeof *graph);
    if (!graph) return NULL;
    graph->graph = avfilter_graph_alloc();
    if (!graph->graph) av_freep(&graph);
    else graph->graph->nb_threads = 1;   /* spans are small; threads belong to the encoder */
    return graph;
}

void cfs_graph_free(cfs_graph *graph) {
    if (!graph) return;
    avfilter_graph_free(&graph->graph);
    av_free(graph);
}

static AVFilterContext *allocate(cfs_graph *graph, const char *filter) {
    const AVFilter *found = avfilter_get_by_name(filter);
    if (!found || graph->count >= MAX_NODES) return NULL;
    char name[32];
    snprintf(name, sizeof name, "node%d", graph->count);
    return avfilter_graph_alloc_filter(graph->graph, found, name);
}

static int add(cfs_graph *graph, AVFilterContext *node) {
    graph->nodes[graph->count] = node;
    return graph->count++;
}

int cfs_graph_add_input(cfs_graph *graph, int format, int width, int height) {
    AVFilterContext *node = allocate(graph, "buffer");
    AVBufferSrcParameters *params = av_buffersrc_parameters_alloc();
    int status = node && params ? 0 : AVERROR(ENOMEM);
    if (!status) {
        params->format = format == CFS_ALPHA ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P;
        params->width = width;
        params->height = height;
        params->time_base = (AVRational){1, 1};          /* times are frame indices */
        params->sample_aspect_ratio = (AVRational){1, 1};
#if LIBAVFILTER_VERSION_INT >= AV_VERSION_INT(9, 16, 100)  /* FFmpeg 7.0 negotiates colour */
        params->color_space = AVCOL_SPC_BT709;
        params->color_range = AVCOL_RANGE_MPEG;
#endif
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 15, 100)   /* FFmpeg 8.1 negotiates alpha */
        if (format == CFS_ALPHA) params->alpha_mode = AVALPHA_MODE_STRAIGHT;
#endif
        status = av_buffersrc_parameters_set(node, params);
        if (status >= 0) status = avfilter_init_str(node, NULL);
    }
    av_free(params);
    return status < 0 ? status : add(graph, node);
}

static int set_int(AVFilterContext *node, const char *option, int value) {
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    return av_opt_set(node->priv, option, text, 0);
}

int cfs_graph_add_overlay(cfs_graph *graph, int base, int layer, int x, int y) {
    AVFilterContext *node = allocate(graph, "overlay");
    if (!node) return AVERROR_FILTER_NOT_FOUND;
    int status = set_int(node, "x", x);
    if (status >= 0) status = set_int(node, "y", y);
    if (status >= 0) status = av_opt_set(node->priv, "eval", "init", 0);      /* reevaluated when moved */
    if (status >= 0) status = av_opt_set(node->priv, "format", "yuv420", 0);
    if (status >= 0) status = av_opt_set(node->priv, "alpha", "straight", 0);
    if (status >= 0) status = av_opt_set(node, "eof_action", "pass", AV_OPT_SEARCH_CHILDREN);
    if (status >= 0) status = avfilter_init_str(node, NULL);
    if (status >= 0) status = avfilter_link(graph->nodes[base], 0, node, 0);
    if (status >= 0) status = avfilter_link(graph->nodes[layer], 0, node, 1);
    return status < 0 ? status : add(graph, node);
}

int cfs_graph_add_merge(cfs_graph *graph, int from, int to, int mask) {
    AVFilterContext *node = allocate(graph, "maskedmerge");
    if (!node) return AVERROR_FILTER_NOT_FOUND;
    int status = avfilter_init_str(node, NULL);
    if (status >= 0) status = avfilter_link(graph->nodes[from], 0, node, 0);
    if (status >= 0) status = avfilter_link(graph->nodes[to], 0, node, 1);
    if (status >= 0) status = avfilter_link(graph->nodes[mask], 0, node, 2);
    return status < 0 ? status : add(graph, node);
}

int cfs_graph_add_blur(cfs_graph *graph, int input, double sigma) {
    AVFilterContext *node = allocate(graph, "gblur");
    if (!node) return AVERROR_FILTER_NOT_FOUND;
    int status = av_opt_set_double(node->priv, "sigma", sigma, 0);
    if (status >= 0) status = avfilter_init_str(node, NULL);
    if (status >= 0) status = avfilter_link(graph->nodes[input], 0, node, 0);
    return status < 0 ? status : add(graph, node);
}

int cfs_graph_configure(cfs_graph *graph, int output, int format, int width, int height) {
    int ours = graph->count + 1;
    AVFilterContext *sink = allocate(graph, "buffersink");
    if (!sink) return AVERROR_FILTER_NOT_FOUND;
    int status = avfilter_init_str(sink, NULL);
    if (status >= 0) status = avfilter_link(graph->nodes[output], 0, sink, 0);
    if (status >= 0) status = avfilter_graph_config(graph->graph, NULL);
    if (status < 0) return status;
    if ((int)graph->graph->nb_filters != ours) {
        char *text = avfilter_graph_dump(graph->graph, NULL);
        av_log(NULL, AV_LOG_ERROR, "libavfilter inserted a conversion of its own:\n%s\n", text ? text : "");
        av_free(text);
        return AVERROR_BUG;
    }
    int expected = format == CFS_ALPHA ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P;
    if (av_buffersink_get_format(sink) != expected || av_buffersink_get_w(sink) != width
        || av_buffersink_get_h(sink) != height)
        return AVERROR_BUG;
    graph->sink = sink;
    return 0;
}

int cfs_graph_move(cfs_graph *graph, int overlay, int x, int y) {
    char text[16], answer[16];
    snprintf(text, sizeof text, "%d", x);
    int status = avfilter_graph_send_command(graph->graph, graph->nodes[overlay]->name, "x", text, answer, sizeof answer, 0);
    snprintf(text, sizeof text, "%d", y);
    if (status >= 0)
        status = avfilter_graph_send_command(graph->graph, graph->nodes[overlay]->name, "y", text, answer, sizeof answer, 0);
    return status;
}

int cfs_graph_push(cfs_graph *graph, int input, cfs_frame *frame, int64_t index) {
    frame->pts = index;
    int status = av_buffersrc_add_frame_flags(graph->nodes[input], frame, 0);
    av_frame_free(&frame);
    return status;
}

int cfs_graph_pull(cfs_graph *graph, cfs_frame **frame) {
    *frame = av_frame_alloc();
    if (!*frame) return AVERROR(ENOMEM);
    int status = av_buffersink_get_frame(graph->sink, *frame);
    if (status < 0) av_frame_free(frame);
    else cfs_frame_tag(*frame);
    return status < 0 ? status : 0;
}
