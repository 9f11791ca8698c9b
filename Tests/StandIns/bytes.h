/* SPDX-License-Identifier: Apache-2.0 */
/* What both writers are made of: bytes, bits, NAL units, the arithmetic coder, and blocks of a picture's samples. At the end:
   the writers' slices by themselves, for a driver that follows the headers and the picture order of its caller. */
#ifndef BYTES_H
#define BYTES_H

#include "lossless.h"

/* Makes room for `extra` more bytes and returns where they go; the caller raises `count` by what it wrote. Never NULL: when
   memory is out the process ends, which is good enough in a test. */
uint8_t *bytes_room(struct bytes *bytes, size_t extra);

/* Appends a copy. */
void bytes_append(struct bytes *bytes, const void *data, size_t count);

/* Bits behind one another, the highest first. Start with {0}; free `bytes.data`. */
struct bits {
    struct bytes bytes;      /* the whole bytes so far */
    unsigned pending;        /* bits that do not fill a byte yet, in the low end */
    int pending_count;       /* 0…7 */
};

/* Appends the low `count` (0…32) bits of `value`. */
void bits_put(struct bits *bits, int count, uint32_t value);

/* Exp-Golomb codes: ue(v) and se(v) of both standards. */
void bits_put_ue(struct bits *bits, uint32_t value);
void bits_put_se(struct bits *bits, int32_t value);

/* Fills the last byte up with copies of `bit`; nothing happens if it is full. */
void bits_align(struct bits *bits, unsigned bit);

/* Ends a payload: a one, and zeros to the end of the byte. */
void bits_trail(struct bits *bits);

/* Appends a NAL unit: start code of four bytes, the header, and the payload with emulation prevention bytes. */
void nal_append(struct bytes *out, const uint8_t *header, size_t header_count, const struct bytes *payload);

/* Appends a part of a NAL unit without its emulation prevention bytes. */
void nal_unescape(struct bytes *out, const uint8_t *data, size_t count);

/* What VUIs of both codecs have alike: from aspect_ratio_info_present_flag to the colour description. */
void vui_put_colours(struct bits *bits, const struct lossless_stream *stream);

/* The arithmetic coder (CABAC), which is the same in both standards. */
struct cabac {
    struct bits *bits;       /* not owned */
    uint32_t low, range;
    unsigned outstanding;    /* bits whose value the next carry decides */
    int is_first;            /* the first bit after a start is not written */
};

/* A context: how probable its more probable value is, and which that is. */
struct cabac_context {
    uint8_t state, likely;
};

/* Starts at the end of `bits`, which must be at the end of a byte. Contexts stay as they are. */
void cabac_start(struct cabac *cabac, struct bits *bits);

/* Sets a context to what the slope `m` and the offset `n` of the standards' tables make of the slice's `qp`. */
void cabac_context_init(struct cabac_context *context, int m, int n, int qp);

/* Codes a bin with a context. */
void cabac_put(struct cabac *cabac, struct cabac_context *context, unsigned bin);

/* Codes a bin that may end the coding. A one does: all is written, down to a last bit 1 (which is the stop bit at the end of
   a slice), and cabac_start() has to follow before other bins. */
void cabac_put_terminate(struct cabac *cabac, unsigned bin);

/* One plane of a picture. Samples are `step` apart; strides are bytes. */
struct plane {
    const uint8_t *data;
    ptrdiff_t stride;
    int step, width, height;
};

/* The three planes of a picture of that size. */
void picture_planes(struct plane planes[3], const struct lossless_picture *picture, int width, int height);

/* Copies a square of `size` samples, row by row, into `block`. Beyond the plane's right and lower edge its last samples are
   repeated. The second is for samples in 16-bit words, which it shifts right by `shift`. */
void plane_block_8(uint8_t *block, const struct plane *plane, int x, int y, int size);
void plane_block_16(uint16_t *block, const struct plane *plane, int x, int y, int size, int shift);

/* ---- The writers' parts ---- */

/* Like lossless_headers(), for a stream in which up to `reorder` pictures are written before one that is shown earlier. */
void lossless_headers_reordered(struct bytes *out, const struct lossless_stream *stream, int reorder);

/* Like lossless_picture(), with the place at which the picture is shown: larger than that of pictures shown before it and
   after the last IDR, which itself has 0. */
void lossless_picture_ordered(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture,
                              int is_idr, int number, int idr_id, int order);

/* The two above for one codec each. */
void h264_headers(struct bytes *out, const struct lossless_stream *stream, int reorder);
void h264_picture(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture, int is_idr,
                  int number, int idr_id, int order);
void hevc_headers(struct bytes *out, const struct lossless_stream *stream, int reorder);
void hevc_picture(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture, int is_idr,
                  int order);

enum h264_slice_type { H264_SLICE_P = 0, H264_SLICE_B = 1, H264_SLICE_I = 2 };

/* What slice data depend on in the parameter sets and in the slice's header. */
struct h264_slice {
    enum h264_slice_type type;
    int mb_width, mb_height;         /* of the picture, which is one slice */
    int uses_cabac;
    int cabac_init_idc, qp;          /* CABAC only: 0…2 (P and B), and SliceQPY */
};

/* Appends a whole picture's slice data behind a slice header, down to the end of the NAL unit's payload. `width` and `height`
   are the samples that the picture has; macroblocks beyond them repeat its edge. */
void h264_slice_data(struct bits *bits, const struct lossless_picture *picture, int width, int height,
                     const struct h264_slice *slice);

#endif
