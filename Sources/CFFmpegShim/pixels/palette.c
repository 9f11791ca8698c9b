/* SPDX-License-Identifier: Apache-2.0 */
/* GIF's palette: 256 colours chosen from all pictures of a video, and the conversion of pictures to them. Uses
   libavfilter's palettegen and paletteuse, built node by node as in graph.c. */
#include "../internal.h"

#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>

struct cfs_palette {
    AVFilterGraph *graph;
    AVFilterContext *pictures, *colours, *sink;   /* `colours` only after they are chosen */
    AVFrame *chosen;
    cfs_kept_graph *to_rgb;       /* NULL: built anew for every picture */
    int width, height, alpha;
    int64_t count;
};

static AVFilterContext *source(AVFilterGraph *graph, const char *name, int width, int height) {
    AVFilterContext *node = avfilter_graph_alloc_filter(graph, avfilter_get_by_name("buffer"), name);
    AVBufferSrcParameters *params = av_buffersrc_parameters_alloc();
    int status = node && params ? 0 : AVERROR(ENOMEM);
    if (!status) {
        params->format = AV_PIX_FMT_RGB32;
        params->width = width;
        params->height = height;
        params->time_base = (AVRational){1, 1};
        params->sample_aspect_ratio = (AVRational){1, 1};
        status = av_buffersrc_parameters_set(node, params);
        if (status >= 0) status = avfilter_init_str(node, NULL);
    }
    av_free(params);
    return status < 0 ? NULL : node;
}

/* Builds a graph of `filter` with one input, or two. */
static int build(cfs_palette *palette, const char *filter, const char *const *options, int with_colours) {
    avfilter_graph_free(&palette->graph);
    palette->graph = avfilter_graph_alloc();
    const AVFilter *found = avfilter_get_by_name(filter);
    if (!palette->graph) return AVERROR(ENOMEM);
    if (!found) return AVERROR_FILTER_NOT_FOUND;
    palette->graph->nb_threads = 1;
    AVFilterContext *node = avfilter_graph_alloc_filter(palette->graph, found, filter);
    palette->sink = avfilter_graph_alloc_filter(palette->graph, avfilter_get_by_name("buffersink"), "sink");
    palette->pictures = source(palette->graph, "pictures", palette->width, palette->height);
    palette->colours = with_colours ? source(palette->graph, "colours", 16, 16) : NULL;
    if (!node || !palette->sink || !palette->pictures || (with_colours && !palette->colours)) return AVERROR(ENOMEM);
    int status = 0;
    for (; *options && status >= 0; options += 2) status = av_opt_set(node->priv, options[0], options[1], 0);
    if (status >= 0) status = avfilter_init_str(node, NULL);
    if (status >= 0) status = avfilter_init_str(palette->sink, NULL);
    if (status >= 0) status = avfilter_link(palette->pictures, 0, node, 0);
    if (status >= 0 && with_colours) status = avfilter_link(palette->colours, 0, node, 1);
    if (status >= 0) status = avfilter_link(node, 0, palette->sink, 0);
    return status < 0 ? status : avfilter_graph_config(palette->graph, NULL);
}

int cfs_palette_create(int width, int height, int alpha, cfs_palette **out) {
    cfs_palette *palette = *out = av_mallocz(sizeof *palette);
    if (!palette) return AVERROR(ENOMEM);
    palette->width = width;
    palette->height = height;
    palette->alpha = alpha;
    palette->to_rgb = cfs_kept_graph_create();
    const char *options[] = {"stats_mode", "full", "reserve_transparent", alpha ? "1" : "0", NULL};
    int status = build(palette, "palettegen", options, 0);
    if (status < 0) {
        cfs_palette_free(palette);
        *out = NULL;
    }
    return status < 0 ? status : 0;
}

void cfs_palette_free(cfs_palette *palette) {
    if (!palette) return;
    avfilter_graph_free(&palette->graph);
    av_frame_free(&palette->chosen);
    cfs_kept_graph_free(palette->to_rgb);
    av_free(palette);
}

/* Pushes a picture to the graph as RGB. */
static int push(cfs_palette *palette, const cfs_frame *frame) {
    AVFrame *rgb = av_frame_alloc();
    if (!rgb) return AVERROR(ENOMEM);
    rgb->format = AV_PIX_FMT_BGRA;   /* RGB32 on little-endian machines */
    rgb->width = frame->width;
    rgb->height = frame->height;
    rgb->sample_aspect_ratio = (AVRational){1, 1};
    rgb->pts = palette->count++;
    int status = av_frame_get_buffer(rgb, 64);
    if (status >= 0) status = cfs_adapt(palette->to_rgb, frame, rgb);
    if (status >= 0) status = av_buffersrc_add_frame_flags(palette->pictures, rgb, 0);
    av_frame_free(&rgb);
    return status;
}

int cfs_palette_add(cfs_palette *palette, const cfs_frame *frame) {
    int status = push(palette, frame);
    /* Requesting the result makes the graph process the picture now and release it; the result comes at the end. */
    AVFrame *none = status < 0 ? NULL : av_frame_alloc();
    if (status >= 0) status = none ? av_buffersink_get_frame(palette->sink, none) : AVERROR(ENOMEM);
    av_frame_free(&none);
    return status == AVERROR(EAGAIN) ? 0 : status;
}

int cfs_palette_choose(cfs_palette *palette) {
    palette->chosen = av_frame_alloc();
    if (!palette->chosen) return AVERROR(ENOMEM);
    int status = av_buffersrc_add_frame_flags(palette->pictures, NULL, 0);
    if (status >= 0) status = av_buffersink_get_frame(palette->sink, palette->chosen);
    /* Bayer's pattern stays still if the picture does; diffused errors would crawl from frame to frame. */
    const char *options[] = {"dither", "bayer", "bayer_scale", "3", "alpha_threshold", "128", NULL};
    if (status >= 0) status = build(palette, "paletteuse", options, 1);
    if (status >= 0) {
        palette->chosen->pts = palette->count = 0;
        status = av_buffersrc_add_frame_flags(palette->colours, palette->chosen, AV_BUFFERSRC_FLAG_KEEP_REF);
    }
    if (status >= 0) status = av_buffersrc_add_frame_flags(palette->colours, NULL, 0);
    return status < 0 ? status : 0;
}

int cfs_palette_apply(cfs_palette *palette, const cfs_frame *frame, AVFrame *result) {
    int status = push(palette, frame);
    return status < 0 ? status : av_buffersink_get_frame(palette->sink, result);
}
