/* SPDX-License-Identifier: Apache-2.0 */
/* Lossless H.264 and HEVC, written by hand: every picture is intra-coded and every block of it is raw samples (I_PCM), so
   what a decoder gives back is what went in, bit for bit. For the stand-ins for hardware; nothing in Sources knows it. */
#ifndef LOSSLESS_H
#define LOSSLESS_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that grow. Start with {0}; free `data` with free(). */
struct bytes {
    uint8_t *data;
    size_t count, room;
};

enum lossless_codec { LOSSLESS_H264, LOSSLESS_HEVC };

/* A stream's constants. `bits` is 8 or 10 (10: HEVC only). Colour codes are ITU-T H.273's; 2 is "unspecified". */
struct lossless_stream {
    enum lossless_codec codec;
    int width, height, bits;
    int primaries, transfer, matrix, full_range;
    uint32_t time_scale, num_units;   /* 0: no timing in the VUI */
};

/* One picture in 4:2:0. Chroma samples of a row are `chroma_step` samples apart: 1 in planes of their own, 2 in NV12 and P010.
   Strides are bytes. Samples are bytes, or 16-bit words when `bits` is above 8; `shift` is how far they stand to the left in
   them (6 in P010). Width and height may be odd; chroma then has (n + 1) / 2 samples. */
struct lossless_picture {
    const uint8_t *y, *u, *v;
    ptrdiff_t y_stride, chroma_stride;
    int chroma_step, shift;
};

/* Appends the parameter sets (SPS and PPS; with HEVC VPS first), Annex B with four-byte start codes. */
void lossless_headers(struct bytes *out, const struct lossless_stream *stream);

/* Appends one picture, Annex B, without parameter sets. `number` counts pictures from the last IDR, which is 0 itself;
   `idr_id` differs between one IDR and the next. All pictures are output in the order they are written. */
void lossless_picture(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture,
                      int is_idr, int number, int idr_id);

#endif
