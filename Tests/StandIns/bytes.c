/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes, bits, NAL units, the arithmetic coder, and blocks of a picture's samples: what both lossless writers are made of. */
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes and bits */

uint8_t *bytes_room(struct bytes *bytes, size_t extra) {
    if (bytes->room - bytes->count < extra) {
        size_t room = bytes->room * 2 + 256;
        if (room < bytes->count + extra) room = bytes->count + extra;
        uint8_t *data = realloc(bytes->data, room);
        if (!data) {
            fputs("stand-in: out of memory\n", stderr);
            abort();
        }
        bytes->data = data;
        bytes->room = room;
    }
    return bytes->data + bytes->count;
}

void bytes_append(struct bytes *bytes, const void *data, size_t count) {
    if (!count) return;
    memcpy(bytes_room(bytes, count), data, count);
    bytes->count += count;
}

void bits_put(struct bits *bits, int count, uint32_t value) {
    while (count > 0) {
        int room = 8 - bits->pending_count;
        int taken = count < room ? count : room;
        count -= taken;
        bits->pending = bits->pending << taken | (value >> count & ((1u << taken) - 1));
        bits->pending_count += taken;
        if (bits->pending_count == 8) {
            *bytes_room(&bits->bytes, 1) = (uint8_t)bits->pending;
            bits->bytes.count++;
            bits->pending = 0;
            bits->pending_count = 0;
        }
    }
}

void bits_put_ue(struct bits *bits, uint32_t value) {
    uint64_t code = (uint64_t)value + 1;
    int length = 0;
    while (code >> (length + 1)) length++;
    bits_put(bits, length, 0);
    bits_put(bits, 1, 1);
    bits_put(bits, length, (uint32_t)code);
}

void bits_put_se(struct bits *bits, int32_t value) {
    bits_put_ue(bits, value > 0 ? 2 * (uint32_t)value - 1 : 2 * (0 - (uint32_t)value));
}

void bits_align(struct bits *bits, unsigned bit) {
    while (bits->pending_count) bits_put(bits, 1, bit);
}

void bits_trail(struct bits *bits) {
    bits_put(bits, 1, 1);
    bits_align(bits, 0);
}

/* NAL units */

void nal_append(struct bytes *out, const uint8_t *header, size_t header_count, const struct bytes *payload) {
    static const uint8_t start_code[4] = {0, 0, 0, 1};
    bytes_append(out, start_code, sizeof start_code);
    bytes_append(out, header, header_count);
    /* At worst every other byte is preceded by an escape. */
    uint8_t *start = bytes_room(out, payload->count + payload->count / 2 + 1), *to = start;
    int zeros = 0;
    for (size_t i = 0; i < payload->count; i++) {
        uint8_t byte = payload->data[i];
        if (zeros == 2 && byte <= 3) {
            *to++ = 3;
            zeros = 0;
        }
        *to++ = byte;
        zeros = byte ? 0 : zeros + 1;
    }
    out->count += (size_t)(to - start);
}

void nal_unescape(struct bytes *out, const uint8_t *data, size_t count) {
    uint8_t *start = bytes_room(out, count), *to = start;
    int zeros = 0;
    for (size_t i = 0; i < count; i++) {
        if (zeros >= 2 && data[i] == 3) {
            zeros = 0;
            continue;
        }
        *to++ = data[i];
        zeros = data[i] ? 0 : zeros + 1;
    }
    out->count += (size_t)(to - start);
}

void vui_put_colours(struct bits *bits, const struct lossless_stream *stream) {
    int is_described = stream->primaries != 2 || stream->transfer != 2 || stream->matrix != 2;
    bits_put(bits, 1, 0);   /* aspect_ratio_info_present_flag */
    bits_put(bits, 1, 0);   /* overscan_info_present_flag */
    bits_put(bits, 1, 1);   /* video_signal_type_present_flag */
    bits_put(bits, 3, 5);   /* video_format: unspecified */
    bits_put(bits, 1, stream->full_range != 0);
    bits_put(bits, 1, (uint32_t)is_described);
    if (is_described) {
        bits_put(bits, 8, (uint32_t)stream->primaries);
        bits_put(bits, 8, (uint32_t)stream->transfer);
        bits_put(bits, 8, (uint32_t)stream->matrix);
    }
}

/* The arithmetic coder: ITU-T H.264 9.3.4.2, H.265 9.3.4.4 */

/* rangeTabLPS: the width of the less probable value's interval, by state and by quarter of the range. */
static const uint8_t unlikely_range[64][4] = {
    {128, 176, 208, 240}, {128, 167, 197, 227}, {128, 158, 187, 216}, {123, 150, 178, 205},
    {116, 142, 169, 195}, {111, 135, 160, 185}, {105, 128, 152, 175}, {100, 122, 144, 166},
    {95, 116, 137, 158},  {90, 110, 130, 150},  {85, 104, 123, 142},  {81, 99, 117, 135},
    {77, 94, 111, 128},   {73, 89, 105, 122},   {69, 85, 100, 116},   {66, 80, 95, 110},
    {62, 76, 90, 104},    {59, 72, 86, 99},     {56, 69, 81, 94},     {53, 65, 77, 89},
    {51, 62, 73, 85},     {48, 59, 69, 80},     {46, 56, 66, 76},     {43, 53, 63, 72},
    {41, 50, 59, 69},     {39, 48, 56, 65},     {37, 45, 54, 62},     {35, 43, 51, 59},
    {33, 41, 48, 56},     {32, 39, 46, 53},     {30, 37, 43, 50},     {29, 35, 41, 48},
    {27, 33, 39, 45},     {26, 31, 37, 43},     {24, 30, 35, 41},     {23, 28, 33, 39},
    {22, 27, 32, 37},     {21, 26, 30, 35},     {20, 24, 29, 33},     {19, 23, 27, 31},
    {18, 22, 26, 30},     {17, 21, 25, 28},     {16, 20, 23, 27},     {15, 19, 22, 25},
    {14, 18, 21, 24},     {14, 17, 20, 23},     {13, 16, 19, 22},     {12, 15, 18, 21},
    {12, 14, 17, 20},     {11, 14, 16, 19},     {11, 13, 15, 18},     {10, 12, 15, 17},
    {10, 12, 14, 16},     {9, 11, 13, 15},      {9, 11, 12, 14},      {8, 10, 12, 14},
    {8, 9, 11, 13},       {7, 9, 11, 12},       {7, 9, 10, 12},       {7, 8, 10, 11},
    {6, 8, 9, 11},        {6, 7, 9, 10},        {6, 7, 8, 9},         {2, 2, 2, 2},
};

/* transIdxLPS: the state after the less probable value. After the more probable one it is the next, up to 62. */
static const uint8_t state_after_unlikely[64] = {
    0,  0,  1,  2,  2,  4,  4,  5,  6,  7,  8,  9,  9,  11, 11, 12, 13, 13, 15, 15, 16, 16,
    18, 18, 19, 19, 21, 21, 22, 22, 23, 24, 24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30,
    31, 32, 32, 33, 33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
};

void cabac_start(struct cabac *cabac, struct bits *bits) {
    *cabac = (struct cabac){.bits = bits, .range = 510, .is_first = 1};
}

void cabac_context_init(struct cabac_context *context, int m, int n, int qp) {
    if (qp < 0) qp = 0;
    if (qp > 51) qp = 51;
    int product = m * qp;   /* divided by 16 towards minus infinity, whatever the compiler's >> does */
    int value = (product >= 0 ? product / 16 : -((15 - product) / 16)) + n;
    if (value < 1) value = 1;
    if (value > 126) value = 126;
    context->likely = value > 63;
    context->state = (uint8_t)(value > 63 ? value - 64 : 63 - value);
}

static void cabac_put_bit(struct cabac *cabac, unsigned bit) {
    if (cabac->is_first) cabac->is_first = 0;
    else bits_put(cabac->bits, 1, bit);
    for (; cabac->outstanding; cabac->outstanding--) bits_put(cabac->bits, 1, !bit);
}

static void cabac_renormalise(struct cabac *cabac) {
    while (cabac->range < 256) {
        if (cabac->low < 256) {
            cabac_put_bit(cabac, 0);
        } else if (cabac->low >= 512) {
            cabac->low -= 512;
            cabac_put_bit(cabac, 1);
        } else {
            cabac->low -= 256;
            cabac->outstanding++;
        }
        cabac->range <<= 1;
        cabac->low <<= 1;
    }
}

void cabac_put(struct cabac *cabac, struct cabac_context *context, unsigned bin) {
    uint32_t unlikely = unlikely_range[context->state][cabac->range >> 6 & 3];
    cabac->range -= unlikely;
    if (bin == context->likely) {
        if (context->state < 62) context->state++;
    } else {
        cabac->low += cabac->range;
        cabac->range = unlikely;
        if (context->state == 0) context->likely = !context->likely;
        context->state = state_after_unlikely[context->state];
    }
    cabac_renormalise(cabac);
}

void cabac_put_terminate(struct cabac *cabac, unsigned bin) {
    cabac->range -= 2;
    if (bin) {
        cabac->low += cabac->range;
        cabac->range = 2;
    }
    cabac_renormalise(cabac);
    if (bin) {
        cabac_put_bit(cabac, cabac->low >> 9 & 1);
        bits_put(cabac->bits, 2, (cabac->low >> 7 & 3) | 1);
    }
}

/* Samples */

void picture_planes(struct plane planes[3], const struct lossless_picture *picture, int width, int height) {
    int chroma_width = (width + 1) / 2, chroma_height = (height + 1) / 2;
    planes[0] = (struct plane){picture->y, picture->y_stride, 1, width, height};
    planes[1] = (struct plane){picture->u, picture->chroma_stride, picture->chroma_step, chroma_width, chroma_height};
    planes[2] = (struct plane){picture->v, picture->chroma_stride, picture->chroma_step, chroma_width, chroma_height};
}

/* The row of a plane, or its last one. */
static const uint8_t *plane_row(const struct plane *plane, int y) {
    return plane->data + plane->stride * (y < plane->height ? y : plane->height - 1);
}

/* How many samples of a row of `size` from `x` on are in the plane. Where there is none, the last one is taken: `x` moves. */
static int samples_inside(const struct plane *plane, int *x, int size) {
    if (*x > plane->width - 1) *x = plane->width - 1;
    return plane->width - *x < size ? plane->width - *x : size;
}

void plane_block_8(uint8_t *block, const struct plane *plane, int x, int y, int size) {
    int inside = samples_inside(plane, &x, size);
    for (int j = 0; j < size; j++, block += size) {
        const uint8_t *from = plane_row(plane, y + j) + x * plane->step;
        if (plane->step == 1) {
            memcpy(block, from, (size_t)inside);
        } else {
            for (int i = 0; i < inside; i++) block[i] = from[i * plane->step];
        }
        for (int i = inside; i < size; i++) block[i] = block[inside - 1];
    }
}

void plane_block_16(uint16_t *block, const struct plane *plane, int x, int y, int size, int shift) {
    int inside = samples_inside(plane, &x, size);
    for (int j = 0; j < size; j++, block += size) {
        const uint8_t *from = plane_row(plane, y + j) + (ptrdiff_t)x * plane->step * 2;
        for (int i = 0; i < inside; i++) {
            uint16_t word;
            memcpy(&word, from + (ptrdiff_t)i * plane->step * 2, sizeof word);
            block[i] = (uint16_t)(word >> shift);
        }
        for (int i = inside; i < size; i++) block[i] = block[inside - 1];
    }
}

/* The interface, for both codecs */

void lossless_headers_reordered(struct bytes *out, const struct lossless_stream *stream, int reorder) {
    if (stream->codec == LOSSLESS_HEVC) hevc_headers(out, stream, reorder);
    else h264_headers(out, stream, reorder);
}

void lossless_picture_ordered(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture,
                              int is_idr, int number, int idr_id, int order) {
    if (stream->codec == LOSSLESS_HEVC) hevc_picture(out, stream, picture, is_idr, order);
    else h264_picture(out, stream, picture, is_idr, number, idr_id, order);
}

void lossless_headers(struct bytes *out, const struct lossless_stream *stream) {
    lossless_headers_reordered(out, stream, 0);
}

void lossless_picture(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture,
                      int is_idr, int number, int idr_id) {
    lossless_picture_ordered(out, stream, picture, is_idr, number, idr_id, 2 * number);
}
