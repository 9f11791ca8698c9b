/* SPDX-License-Identifier: Apache-2.0 */
/* Running zimg's graphs. */
#include "graphs.h"

/* Returns the status of zimg's last error on this thread. Its message goes to libav's log, where the caller finds the
   last line. */
static int zimg_status(void) {
    char text[256] = "";
    int code = zimg_get_last_error(text, sizeof text);
    av_log(NULL, AV_LOG_ERROR, "zimg: %s\n", text[0] ? text : "unknown error");
    return code == ZIMG_ERROR_OUT_OF_MEMORY ? AVERROR(ENOMEM) : AVERROR(EINVAL);
}

void cfs_zimg_working(zimg_image_format *format, int width, int height) {
    zimg_image_format_default(format, ZIMG_API_VERSION);
    format->width = (unsigned)width;
    format->height = (unsigned)height;
    format->pixel_type = ZIMG_PIXEL_BYTE;
    format->depth = 8;
    format->color_family = ZIMG_COLOR_YUV;
    format->matrix_coefficients = ZIMG_MATRIX_BT709;
    format->pixel_range = ZIMG_RANGE_LIMITED;
    format->subsample_w = format->subsample_h = 1;
    format->chroma_location = ZIMG_CHROMA_LEFT;
}

struct cfs_kept_graph {
    zimg_image_format from, to;
    zimg_filter_graph *graph;   /* NULL before the first call, and after a failure */
    void *scratch;
};

cfs_kept_graph *cfs_kept_graph_create(void) { return av_mallocz(sizeof(cfs_kept_graph)); }

static void forget(cfs_kept_graph *kept) {
    zimg_filter_graph_free(kept->graph);
    av_freep(&kept->scratch);
    kept->graph = NULL;
}

void cfs_kept_graph_free(cfs_kept_graph *kept) {
    if (kept) forget(kept);
    av_free(kept);
}

static int is_same(const zimg_image_format *a, const zimg_image_format *b) {
    return a->width == b->width && a->height == b->height && a->pixel_type == b->pixel_type && a->depth == b->depth
        && a->subsample_w == b->subsample_w && a->subsample_h == b->subsample_h && a->color_family == b->color_family
        && a->matrix_coefficients == b->matrix_coefficients && a->pixel_range == b->pixel_range
        && a->chroma_location == b->chroma_location && a->alpha == b->alpha && a->active_region.left == b->active_region.left
        && a->active_region.top == b->active_region.top && a->active_region.width == b->active_region.width
        && a->active_region.height == b->active_region.height;
}

/* An active region that nobody has set is not a number, which equals nothing, and means the whole. */
static zimg_image_format settled(const zimg_image_format *format) {
    zimg_image_format whole = *format;
    if (whole.active_region.left != whole.active_region.left) whole.active_region.left = whole.active_region.top = 0;
    if (whole.active_region.width != whole.active_region.width) whole.active_region.width = whole.width;
    if (whole.active_region.height != whole.active_region.height) whole.active_region.height = whole.height;
    return whole;
}

static int build(cfs_kept_graph *kept, const zimg_image_format *from, const zimg_image_format *to) {
    zimg_graph_builder_params params;
    zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
    params.resample_filter = params.resample_filter_uv = ZIMG_RESIZE_BICUBIC;
    params.filter_param_a = params.filter_param_a_uv = 0;        /* Catmull-Rom, as in resample.c */
    params.filter_param_b = params.filter_param_b_uv = 0.5;
    params.dither_type = ZIMG_DITHER_NONE;                       /* flat colours stay flat */
    size_t size = 0;
    if (!(kept->graph = zimg_filter_graph_build(from, to, &params))) return zimg_status();
    if (zimg_filter_graph_get_tmp_size(kept->graph, &size)) return zimg_status();
    if (!(kept->scratch = av_malloc(size + 64))) return AVERROR(ENOMEM);
    kept->from = *from;
    kept->to = *to;
    return 0;
}

int cfs_zimg_run(cfs_kept_graph *kept, const zimg_image_format *from, const zimg_image_format *to,
                 const zimg_image_buffer_const *in, const zimg_image_buffer *out) {
    cfs_kept_graph once = {.graph = NULL};
    cfs_kept_graph *used = kept ? kept : &once;
    zimg_image_format whole_from = settled(from), whole_to = settled(to);
    int status = 0;
    if (!used->graph || !is_same(&used->from, &whole_from) || !is_same(&used->to, &whole_to)) {
        forget(used);
        status = build(used, &whole_from, &whole_to);
    }
    if (!status) {
        void *aligned = (void *)(((uintptr_t)used->scratch + 63) / 64 * 64);
        if (zimg_filter_graph_process(used->graph, in, out, aligned, NULL, NULL, NULL, NULL)) status = zimg_status();
    }
    if (status || !kept) forget(used);
    return status;
}
