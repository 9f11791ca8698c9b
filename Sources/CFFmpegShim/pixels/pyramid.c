/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Halved copies of a frame, in width and height separately: a picture that is squeezed before it is turned is minified by
 * different amounts along its own two axes, and is then neither aliased along one nor blurred along the other.
 *
 * The filter is Lanczos's of three lobes: what is drawn from a copy goes through a Catmull-Rom kernel besides, and both together
 * come close to a single Catmull-Rom kernel of the right width.
 */
#include "pyramid.h"

#include "vectors.h"

#include <pthread.h>
#include <string.h>

enum { MOST_LEVELS = 16, TAPS = 12, BEFORE = 5 };

struct cfs_pyramid {
    pthread_mutex_t lock;
    AVFrame *levels[MOST_LEVELS][MOST_LEVELS];   /* [across][down] */
    uint8_t *alphas[MOST_LEVELS][MOST_LEVELS];   /* of chroma */
};

/* Weights in 256ths of the samples 2k − 5 … 2k + 6. Sample k of the copy lies midway between two of the original, but for
   left-sited chroma, which lies a quarter of a sample to the right of 2k. */
static const int16_t midway[TAPS] = {1, 4, -9, -17, 35, 114, 114, 35, -17, -9, 4, 1};
static const int16_t quarter[TAPS] = {2, 3, -14, -11, 56, 125, 98, 16, -19, -4, 4, 0};

cfs_pyramid *cfs_pyramid_create(const cfs_frame *frame) {
    cfs_pyramid *pyramid = av_mallocz(sizeof *pyramid);
    if (!pyramid) return NULL;
    if (pthread_mutex_init(&pyramid->lock, NULL)) {
        av_free(pyramid);
        return NULL;
    }
    pyramid->levels[0][0] = av_frame_clone(frame);
    if (!pyramid->levels[0][0]) {
        cfs_pyramid_free(pyramid);
        return NULL;
    }
    return pyramid;
}

void cfs_pyramid_free(cfs_pyramid *pyramid) {
    if (!pyramid) return;
    for (int i = 0; i < MOST_LEVELS; i++)
        for (int j = 0; j < MOST_LEVELS; j++) {
            av_frame_free(&pyramid->levels[i][j]);
            av_free(pyramid->alphas[i][j]);
        }
    pthread_mutex_destroy(&pyramid->lock);
    av_free(pyramid);
}

int cfs_pyramid_depth(int size) {
    int depth = 0;
    while (depth < MOST_LEVELS - 1 && size > 1) {
        size = (size + 1) / 2;
        depth++;
    }
    return depth;
}

/* Sums twelve rows, with 6 fractional bits. */
CFS_BODY void down_body(const uint8_t *const *rows, int16_t *out, int width) {
    for (int x = 0; x < width; x++) {
        int sum = 2;
        for (int k = 0; k < TAPS; k++) sum += midway[k] * rows[k][x];
        out[x] = (int16_t)(sum >> 2);
    }
}
CFS_VECTORS(down, (const uint8_t *const *rows, int16_t *out, int width), (rows, out, width))

/* Sums twelve neighbours of `even` and `odd` samples, which begin with sample −6. */
CFS_BODY void across_body(const int16_t *even, const int16_t *odd, const int16_t *weights, uint8_t *out, int width) {
    int w[TAPS];
    for (int k = 0; k < TAPS; k++) w[k] = weights[k];
    for (int x = 0; x < width; x++) {
        int sum = 1 << 13;
        for (int k = 0; k < TAPS; k += 2)   /* samples 2x − 5 and 2x − 4, … */
            sum += w[k] * odd[x + k / 2] + w[k + 1] * even[x + k / 2 + 1];
        out[x] = (uint8_t)cfs_clamp(sum >> 14, 0, 255);
    }
}
CFS_VECTORS(across, (const int16_t *even, const int16_t *odd, const int16_t *weights, uint8_t *out, int width),
            (even, odd, weights, out, width))

/* A plane of samples. */
struct plane { uint8_t *data; ptrdiff_t stride; int width, height; };

static struct plane plane_of(const AVFrame *frame, int index) {
    return (struct plane){frame->data[index], frame->linesize[index], cfs_plane_width(frame, index), cfs_plane_height(frame, index)};
}

static int halve_plane(struct plane source, struct plane target, int is_chroma, int across, int down) {
    int columns = source.width, rows = source.height, width = target.width, height = target.height;
    const int16_t *weights = is_chroma ? quarter : midway;
    size_t room = (size_t)cfs_max(columns, 2 * width) + 16;
    int16_t *sums = av_malloc_array(room, sizeof *sums), *even = av_malloc_array(room, sizeof *even);
    int16_t *odd = av_malloc_array(room, sizeof *odd);
    int status = sums && even && odd ? 0 : AVERROR(ENOMEM);
    for (int y = 0; !status && y < height; y++) {
        const uint8_t *from[TAPS];
        for (int k = 0; k < TAPS; k++) {
            int row = cfs_clamp(down ? 2 * y + k - BEFORE : y, 0, rows - 1);
            from[k] = source.data + (ptrdiff_t)row * source.stride;
        }
        uint8_t *out = target.data + (ptrdiff_t)y * target.stride;
        if (down) down_run(from, sums, columns);
        else for (int x = 0; x < columns; x++) sums[x] = (int16_t)(from[0][x] << 6);
        if (!across) {
            for (int x = 0; x < width; x++) out[x] = (uint8_t)cfs_clamp((sums[x] + 32) >> 6, 0, 255);
            continue;
        }
        int whole = columns / 2;
        for (int x = 0; x < whole; x++) even[x + 3] = sums[2 * x], odd[x + 3] = sums[2 * x + 1];
        for (int x = whole; x < width + 4; x++) {
            even[x + 3] = sums[cfs_min(2 * x, columns - 1)];
            odd[x + 3] = sums[cfs_min(2 * x + 1, columns - 1)];
        }
        for (int x = 0; x < 3; x++) even[x] = odd[x] = sums[0];
        across_run(even, odd, weights, out, width);
    }
    av_free(sums);
    av_free(even);
    av_free(odd);
    return status;
}

static AVFrame *halve(const AVFrame *source, int across, int down) {
    cfs_pool *pool = cfs_pool_create(cfs_frame_format(source), across ? (source->width + 1) / 2 : source->width,
                                     down ? (source->height + 1) / 2 : source->height);
    AVFrame *target = pool ? cfs_pool_get(pool) : NULL;
    cfs_pool_free(pool);
    for (int plane = 0; target && plane < cfs_plane_count(source); plane++)
        if (halve_plane(plane_of(source, plane), plane_of(target, plane), plane == 1 || plane == 2, across, down) < 0)
            av_frame_free(&target);
    return target;
}

/* As cfs_pyramid_level(), with the lock held. */
static const AVFrame *level(cfs_pyramid *pyramid, int across, int down) {
    AVFrame **slot = &pyramid->levels[across][down];
    if (*slot) return *slot;
    /* Both at once where possible: what would lie between is needed by nobody. */
    int by_width = across >= down, by_height = down >= across;
    const AVFrame *source = level(pyramid, across - by_width, down - by_height);
    if (source) *slot = halve(source, by_width, by_height);
    return *slot;
}

const AVFrame *cfs_pyramid_level(cfs_pyramid *pyramid, int across, int down) {
    if (across < 0 || down < 0 || across >= MOST_LEVELS || down >= MOST_LEVELS) return NULL;
    pthread_mutex_lock(&pyramid->lock);
    const AVFrame *result = level(pyramid, across, down);
    pthread_mutex_unlock(&pyramid->lock);
    return result;
}

/* Averages the alpha of two by two pixels, as our layers do. */
static void average(const AVFrame *frame, struct plane out) {
    for (int y = 0; y < out.height; y++) {
        const uint8_t *a = frame->data[3] + 2 * (ptrdiff_t)y * frame->linesize[3];
        const uint8_t *b = 2 * y + 1 < frame->height ? a + frame->linesize[3] : a;
        uint8_t *to = out.data + y * out.stride;
        for (int x = 0; x < out.width; x++) {
            int right = cfs_min(2 * x + 1, frame->width - 1);
            to[x] = (uint8_t)((a[2 * x] + a[right] + b[2 * x] + b[right]) >> 2);
        }
    }
}

/* As cfs_pyramid_chroma_alpha(), with the lock held. */
static const uint8_t *chroma_alpha(cfs_pyramid *pyramid, int across, int down) {
    uint8_t **slot = &pyramid->alphas[across][down];
    const AVFrame *frame = level(pyramid, across, down);
    if (*slot || !frame || frame->format != AV_PIX_FMT_YUVA420P) return *slot;
    struct plane out = plane_of(frame, 1);
    out.data = av_malloc((size_t)out.stride * (size_t)out.height + 64);   /* vectors may read some bytes more */
    if (!out.data) return NULL;
    if (!across && !down) {
        average(frame, out);
    } else {
        int by_width = across >= down, by_height = down >= across;
        struct plane in = {NULL, 0, 0, 0};
        const uint8_t *alpha = chroma_alpha(pyramid, across - by_width, down - by_height);
        if (alpha) {
            in = plane_of(level(pyramid, across - by_width, down - by_height), 1);
            in.data = (uint8_t *)(uintptr_t)alpha;   /* only read */
        }
        if (!alpha || halve_plane(in, out, 1, by_width, by_height) < 0) av_freep(&out.data);
    }
    return *slot = out.data;
}

const uint8_t *cfs_pyramid_chroma_alpha(cfs_pyramid *pyramid, int across, int down) {
    if (across < 0 || down < 0 || across >= MOST_LEVELS || down >= MOST_LEVELS) return NULL;
    pthread_mutex_lock(&pyramid->lock);
    const uint8_t *result = chroma_alpha(pyramid, across, down);
    pthread_mutex_unlock(&pyramid->lock);
    return result;
}
