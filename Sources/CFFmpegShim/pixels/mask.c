/* SPDX-License-Identifier: Apache-2.0 */
/* Transition masks: a threshold with a soft edge over a grey map. */
#include "../internal.h"

#include <math.h>
#include <string.h>

struct cfs_map {
    int width, height;
    int same_rows;        /* every row equals the first, as in transitions from the sides */
    uint16_t *luma;       /* width × height */
    uint16_t *chroma;     /* half of each, rounded up: the mean of the luma values it covers */
};

static cfs_map *allocate(int width, int height) {
    cfs_map *map = av_mallocz(sizeof *map);
    if (!map) return NULL;
    map->width = width;
    map->height = height;
    map->luma = av_malloc_array((size_t)width * (size_t)height, sizeof *map->luma);
    map->chroma = av_malloc_array((size_t)((width + 1) / 2) * (size_t)((height + 1) / 2), sizeof *map->chroma);
    if (!map->luma || !map->chroma) {
        cfs_map_free(map);
        return NULL;
    }
    return map;
}

/* Computes everything that depends on the luma values. */
static void complete(cfs_map *map) {
    map->same_rows = 1;
    for (int y = 1; y < map->height && map->same_rows; y++)
        map->same_rows = !memcmp(map->luma, map->luma + (size_t)y * (size_t)map->width, (size_t)map->width * 2);
    int columns = (map->width + 1) / 2;
    for (int y = 0; y < (map->height + 1) / 2; y++) {
        const uint16_t *a = map->luma + (size_t)(2 * y) * (size_t)map->width;
        const uint16_t *b = 2 * y + 1 < map->height ? a + map->width : a;
        for (int x = 0; x < columns; x++) {
            int right = cfs_min(2 * x + 1, map->width - 1);
            map->chroma[(size_t)y * (size_t)columns + (size_t)x] =
                (uint16_t)((a[2 * x] + a[right] + b[2 * x] + b[right] + 2) / 4);
        }
    }
}

/* Returns the part of a turn, clockwise from twelve, at which a hand about the middle reaches (x, y). */
static double turn(double x, double y, double w, double h) {
    double part = atan2(x - w / 2, h / 2 - y) / (2 * M_PI);
    return part < 0 ? part + 1 : part;
}

/* Return the moments along a way (0…1): of blinds that all open at once; of slices that open one after the other; and of
   gusts, in which every row has its own delay. */
static double blinds(double way) { return way * 8 - floor(way * 8); }
static double slices(double way) {
    double slice = fmin(floor(way * 10), 9);
    return (0.6 * slice / 9) + 0.4 * (way * 10 - slice);
}
static double wind(double way, double across, double length) {
    /* Rows are an even number of pixels, so that chroma changes with its luma. */
    double row = floor(across / (2 * fmax(1, floor(length / 360))));
    return (way + 0.3 * (cfs_scatter((uint32_t)row) / 4294967295.0)) / 1.3;
}

/* Returns the moment of a square of a board with sides of an even number of pixels, a fraction of the shorter side. */
static double board(enum cfs_map_shape shape, double x, double y, double w, double h) {
    double squares = shape == CFS_MAP_TILES ? 12 : 6;
    double side = 2 * fmax(1, floor(fmin(w, h) / (2 * squares)));
    double column = floor(x / side), row = floor(y / side);
    if (shape == CFS_MAP_TILES) return cfs_scatter((uint32_t)row * 65536u + (uint32_t)column) / 4294967295.0;
    return (fmod(column + row, 2) + x / side - column) / 2;
}

/* Returns the moment (0…1) at which the point (x, y) changes. */
static double moment(enum cfs_map_shape shape, double x, double y, double w, double h) {
    double u = x / w, v = y / h;
    switch (shape) {
    case CFS_MAP_RIGHT: return u;
    case CFS_MAP_LEFT: return 1 - u;
    case CFS_MAP_DOWN: return v;
    case CFS_MAP_UP: return 1 - v;
    case CFS_MAP_DOWN_RIGHT: return (u + v) / 2;
    case CFS_MAP_DOWN_LEFT: return (1 - u + v) / 2;
    case CFS_MAP_UP_RIGHT: return (u + 1 - v) / 2;
    case CFS_MAP_UP_LEFT: return (2 - u - v) / 2;
    case CFS_MAP_CIRCLE_OPEN: return hypot(x - w / 2, y - h / 2) / hypot(w / 2, h / 2);
    case CFS_MAP_CIRCLE_CLOSE: return 1 - hypot(x - w / 2, y - h / 2) / hypot(w / 2, h / 2);
    case CFS_MAP_CLOCK: return turn(x, y, w, h);
    case CFS_MAP_COUNTER_CLOCK: return 1 - turn(x, y, w, h);
    case CFS_MAP_FAN: return fabs(atan2(x - w / 2, h / 2 - y)) / M_PI;
    case CFS_MAP_PINWHEEL: return turn(x, y, w, h) * 4 - floor(turn(x, y, w, h) * 4);
    case CFS_MAP_BARN_DOORS: return fabs(x - w / 2) / (w / 2);
    case CFS_MAP_BARN_DOORS_CLOSE: return 1 - fabs(x - w / 2) / (w / 2);
    case CFS_MAP_LEVEL_DOORS: return fabs(y - h / 2) / (h / 2);
    case CFS_MAP_LEVEL_DOORS_CLOSE: return 1 - fabs(y - h / 2) / (h / 2);
    case CFS_MAP_DIAMOND_OPEN: return fabs(u - 0.5) + fabs(v - 0.5);
    case CFS_MAP_DIAMOND_CLOSE: return 1 - fabs(u - 0.5) - fabs(v - 0.5);
    case CFS_MAP_BOX_OPEN: return 2 * fmax(fabs(u - 0.5), fabs(v - 0.5));
    case CFS_MAP_BOX_CLOSE: return 1 - 2 * fmax(fabs(u - 0.5), fabs(v - 0.5));
    case CFS_MAP_BLINDS_RIGHT: return blinds(u);
    case CFS_MAP_BLINDS_LEFT: return blinds(1 - u);
    case CFS_MAP_BLINDS_DOWN: return blinds(v);
    case CFS_MAP_BLINDS_UP: return blinds(1 - v);
    case CFS_MAP_SLICES_RIGHT: return slices(u);
    case CFS_MAP_SLICES_LEFT: return slices(1 - u);
    case CFS_MAP_SLICES_DOWN: return slices(v);
    case CFS_MAP_SLICES_UP: return slices(1 - v);
    case CFS_MAP_WIND_RIGHT: return wind(u, y, fmin(w, h));
    case CFS_MAP_WIND_LEFT: return wind(1 - u, y, fmin(w, h));
    case CFS_MAP_WIND_DOWN: return wind(v, x, fmin(w, h));
    case CFS_MAP_WIND_UP: return wind(1 - v, x, fmin(w, h));
    case CFS_MAP_CHECKERBOARD:
    case CFS_MAP_TILES: return board(shape, x, y, w, h);
    /* Blocks of two by two pixels change together, so that chroma changes with its luma. */
    case CFS_MAP_DISSOLVE: return cfs_scatter((uint32_t)(y / 2) * 65536u + (uint32_t)(x / 2)) / 4294967295.0;
    }
    return 0;
}

cfs_map *cfs_map_create(enum cfs_map_shape shape, int width, int height) {
    cfs_map *map = allocate(width, height);
    if (!map) return NULL;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            map->luma[(size_t)y * (size_t)width + (size_t)x] =
                (uint16_t)lrint(fmin(fmax(moment(shape, x + 0.5, y + 0.5, width, height), 0), 1) * 65535);
    complete(map);
    return map;
}

cfs_map *cfs_map_from_frame(const cfs_frame *frame) {
    cfs_map *map = allocate(frame->width, frame->height);
    if (!map) return NULL;
    for (int y = 0; y < frame->height; y++) {
        const uint8_t *row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        for (int x = 0; x < frame->width; x++)   /* limited range: 16 is black, 235 white */
            map->luma[(size_t)y * (size_t)frame->width + (size_t)x] =
                (uint16_t)(cfs_clamp(row[x] - 16, 0, 219) * 65535 / 219);
    }
    complete(map);
    return map;
}

void cfs_map_free(cfs_map *map) {
    if (!map) return;
    av_free(map->luma);
    av_free(map->chroma);
    av_free(map);
}

/* mask = clamp((level − map) / soft), with 255 for 1. `rate` is 255 · 65536 / soft, rounded. */
#define THRESHOLD_BODY                                                                                                 \
    for (int x = 0; x < width; x++) {                                                                                  \
        int32_t over = level - map[x];                                                                                 \
        over = over < 0 ? 0 : over > soft ? soft : over;                                                               \
        mask[x] = (uint8_t)(((uint32_t)over * rate + 32768u) >> 16);                                                   \
    }

static void threshold_c(const uint16_t *map, int32_t level, int32_t soft, uint32_t rate, int width, uint8_t *mask) {
    THRESHOLD_BODY
}

#if defined(__x86_64__)
__attribute__((target("avx2")))
static void threshold_avx2(const uint16_t *map, int32_t level, int32_t soft, uint32_t rate, int width, uint8_t *mask) {
    THRESHOLD_BODY
}
#endif

void cfs_mask_draw(const cfs_map *map, double progress, double softness, cfs_frame *mask) {
    /* At least one step of the map, so that the edge has a width to divide by; at most what 32 bits can hold. */
    int32_t soft = (int32_t)lrint(fmin(fmax(softness, 1.0 / 65535), 1) * 65535);
    int32_t level = (int32_t)lrint(progress * (65535 + soft));
    uint32_t rate = (uint32_t)lrint(255.0 * 65536 / soft);
    void (*threshold)(const uint16_t *, int32_t, int32_t, uint32_t, int, uint8_t *) = threshold_c;
#if defined(__x86_64__)
    if (cfs_simd_level() >= 1) threshold = threshold_avx2;
#endif
    for (int plane = 0; plane < 2; plane++) {
        int columns = cfs_plane_width(mask, plane);
        ptrdiff_t stride = mask->linesize[plane];
        for (int y = 0; y < cfs_plane_height(mask, plane); y++) {
            uint8_t *row = mask->data[plane] + y * stride;
            if (y > 0 && map->same_rows)
                memcpy(row, row - stride, (size_t)columns);
            else
                threshold((plane ? map->chroma : map->luma) + (size_t)y * (size_t)columns, level, soft, rate, columns, row);
            if (plane) memcpy(mask->data[2] + (ptrdiff_t)y * mask->linesize[2], row, (size_t)columns);
        }
    }
}
