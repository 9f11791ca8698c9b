/* SPDX-License-Identifier: Apache-2.0 */
/* Held pictures, repeated without the encoder.

   VP9 has a one-byte frame that shows the contents of one of eight slots again. A key frame fills all of them.

   H.264 has no such frame. The encoder receives the first picture of a hold, as an IDR picture, and then what follows
   the hold. Each repeat is written here as a reference P picture in which every macroblock is skipped. It takes its
   predecessor's place in the decoded picture buffer by removing it (memory management control operation 1). So the
   buffer holds one picture after any number of repeats, as the encoder assumes it does after the IDR picture. Only
   frame_num and the picture order count have advanced, by one and by two per repeat, and the same amounts are added to
   all slices up to the next IDR picture. Differences of picture numbers and temporal distances are then those the
   encoder computed with, and so are reference lists, implicit weights and temporal vectors.

   Both numbers are fields of a fixed width and wrap around, so no bit of a slice moves. They are only compared with
   their neighbours', and a repeat's are one step from the last picture's, so neither width limits the length of a hold.
   With picture order count type 2, the order follows from frame_num and there is no second field.

   Repeats use a picture parameter set of our own: CAVLC, one reference, no weights, no deblocking. (Skipped macroblocks
   with equal vectors and references need no deblocking anyway.) Its pictures may be mixed with CABAC ones, and do not
   need a coded skip flag for every macroblock.

   Section numbers refer to ITU-T H.264. */
#include "holds.h"
#include "nal.h"

#include <limits.h>
#include <string.h>

/* ---- Parameter sets (7.3.2, E.1) ---- */

/* Rejects what depends on the number of pictures: the buffer model, and a picture structure message for each. */
static int parse_vui(reader *in) {
    if (bits(in, 1) && bits(in, 8) == 255) bits(in, 32);   /* sample aspect ratio */
    if (bits(in, 1)) bits(in, 1);                          /* overscan */
    if (bits(in, 1) && (bits(in, 4), bits(in, 1))) bits(in, 24);   /* video format, range, and colours */
    if (bits(in, 1)) skip_golombs(in, 2);                  /* chroma location */
    if (bits(in, 1)) bits(in, 32), bits(in, 32), bits(in, 1);   /* units per tick, ticks per second, fixed rate */
    return bits(in, 1) | bits(in, 1) | bits(in, 1) ? AVERROR(ENOTSUP) : 0;
}

static int parse_sps(cfs_holds *holds, const uint8_t *unit, int size) {
    uint8_t bytes[SET_BYTES];
    reader in = {bytes, unescape(unit, size, bytes, SET_BYTES), 8, 0};
    unsigned profile = bits(&in, 8);
    bits(&in, 16);                                         /* constraints and level */
    unsigned id = golomb(&in), unsupported = 0;
    if (profile == 100) {
        unsupported |= golomb(&in) != 1;                   /* chroma is not 4:2:0 */
        unsupported |= golomb(&in) | golomb(&in);          /* more than 8 bits */
        unsupported |= bits(&in, 1) | bits(&in, 1);        /* lossless; scaling matrices */
    } else {
        unsupported = profile != 66 && profile != 77 && profile != 88;
    }
    if (unsupported) return in.failed ? AVERROR_INVALIDDATA : AVERROR(ENOTSUP);
    unsigned frame_num_bits = golomb(&in), poc_type = golomb(&in), poc_bits = poc_type ? 0 : golomb(&in);   /* less 4 */
    if (!in.failed && poc_type == 1) return AVERROR(ENOTSUP);
    unsigned references = golomb(&in);
    bits(&in, 1);                                          /* gaps in frame_num: there are none */
    unsigned width = 1 + golomb(&in), height = 1 + golomb(&in), progressive = bits(&in, 1);
    if (in.failed || id > 31 || frame_num_bits > 12 || poc_type > 2 || poc_bits > 12 || references > 16 || !width || !height)
        return AVERROR_INVALIDDATA;
    if (width > MACROBLOCKS || height > MACROBLOCKS / width) return AVERROR(ENOTSUP);   /* more than level 6.2 has */
    if (!progressive || !references) return AVERROR(ENOTSUP);
    bits(&in, 1);                                          /* direct_8x8_inference */
    if (bits(&in, 1)) skip_golombs(&in, 4);                /* cropping */
    int status = bits(&in, 1) ? parse_vui(&in) : 0;
    holds->sps_id = (int)id;
    holds->frame_num_bits = (int)frame_num_bits + 4;
    holds->poc_bits = poc_type ? 0 : (int)poc_bits + 4;
    holds->macroblocks = width * height;
    return in.failed ? AVERROR_INVALIDDATA : status;
}

static int parse_pps(cfs_holds *holds, const uint8_t *unit, int size) {
    uint8_t bytes[SET_BYTES];
    reader in = {bytes, unescape(unit, size, bytes, SET_BYTES), 8, 0};
    unsigned id = golomb(&in), sps_id = golomb(&in);
    bits(&in, 1);                                          /* entropy coding */
    unsigned has_bottom = bits(&in, 1), more_groups = golomb(&in);
    if (in.failed || id > 255 || sps_id != (unsigned)holds->sps_id) return AVERROR_INVALIDDATA;
    if (has_bottom || more_groups || id == 255) return AVERROR(ENOTSUP);
    skip_golombs(&in, 2);                                  /* numbers of references */
    bits(&in, 3);                                          /* weights */
    skip_golombs(&in, 3);                                  /* quantisers */
    bits(&in, 2);                                          /* deblocking control, constrained intra prediction */
    unsigned has_redundant = bits(&in, 1);
    holds->pps_id = (int)id;
    return in.failed ? AVERROR_INVALIDDATA : has_redundant ? AVERROR(ENOTSUP) : 0;
}

/* Writes our picture parameter set. Returns its size. */
static int write_pps(const cfs_holds *holds, uint8_t *bytes) {
    writer out = {{0}, 0};
    add_bits(&out, 8, 3 << 5 | PPS);
    add_golomb(&out, (unsigned)holds->pps_id + 1);
    add_golomb(&out, (unsigned)holds->sps_id);
    add_bits(&out, 2, 0);                                  /* CAVLC, no bottom field's order */
    for (int i = 0; i < 3; i++) add_golomb(&out, 0);       /* one slice group, one reference in each list */
    add_bits(&out, 3, 0);                                  /* no weights */
    for (int i = 0; i < 3; i++) add_golomb(&out, 0);       /* quantisers */
    add_bits(&out, 3, 4);                                  /* slices control their deblocking */
    return write_unit(&out, bytes);
}

static int configure(cfs_holds *holds, const uint8_t *extradata, int size) {
    if (!extradata || size > 1 << 20 || !is_annex_b(extradata, size)) return AVERROR_INVALIDDATA;
    for (int start, end = 0; (start = next_unit(extradata, size, &end)) >= 0;) {
        int type = end > start ? extradata[start] & 0x9f : -1;
        if (type < 0 || type & 0x80) return AVERROR_INVALIDDATA;
        if (type != SPS && type != PPS && type != SEI) return AVERROR(ENOTSUP);
        if ((type == SPS && holds->sps) || (type == PPS && holds->pps)) return AVERROR(ENOTSUP);
        if (type == SPS) holds->sps = start, holds->sps_size = end - start;
        if (type == PPS) holds->pps = start, holds->pps_size = end - start;
    }
    if (!holds->sps || !holds->pps) return AVERROR_INVALIDDATA;
    int status = parse_sps(holds, extradata + holds->sps, holds->sps_size);
    if (status >= 0) status = parse_pps(holds, extradata + holds->pps, holds->pps_size);
    if (status < 0) return status;
    holds->header = av_mallocz((size_t)size + REPEAT_BYTES + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!holds->header) return AVERROR(ENOMEM);
    memcpy(holds->header, extradata, (size_t)size);
    holds->header_size = size + write_pps(holds, holds->header + size);
    return 0;
}

int cfs_holds_create(const cfs_encoder *encoder, cfs_holds **out) {
    const AVCodecContext *context = cfs_encoder_context(encoder);
    *out = NULL;
    if (context->codec_id != AV_CODEC_ID_H264 && context->codec_id != AV_CODEC_ID_VP9) return AVERROR(ENOTSUP);
    cfs_holds *holds = *out = av_mallocz(sizeof *holds);
    if (!holds) return AVERROR(ENOMEM);
    int status = context->codec_id == AV_CODEC_ID_VP9
        ? cfs_holds_configure_vp9(holds, context->extradata, context->extradata_size)
        : configure(holds, context->extradata, context->extradata_size);
    if (status < 0) {
        cfs_holds_free(holds);
        *out = NULL;
    }
    return status;
}

void cfs_holds_free(cfs_holds *holds) {
    if (!holds) return;
    av_free(holds->header);
    av_free(holds->scratch);
    av_free(holds);
}

int cfs_holds_extradata(const cfs_holds *holds, const uint8_t **bytes, int *size) {
    *bytes = holds->header;
    *size = holds->header_size;
    return 0;
}

/* ---- Pictures (7.3.3) ---- */

typedef struct { uint8_t bytes[SLICE_BYTES]; int count; unsigned first, frame_num, poc; } slice;   /* shifted bytes */

/* Reads a slice's header up to its picture order count (an IDR's up to its marking), and adds the shift to a copy of
   it. */
static int parse_slice(const cfs_holds *holds, const uint8_t *unit, int size, slice *out) {
    out->count = unescape(unit, size, out->bytes, SLICE_BYTES);
    reader in = {out->bytes, out->count, 8, 0};
    int is_idr = (unit[0] & 31) == IDR_SLICE;
    out->first = golomb(&in);
    unsigned type = golomb(&in), pps = golomb(&in);
    int frame_num_at = in.at;
    out->frame_num = bits(&in, holds->frame_num_bits);
    unsigned idr_id = is_idr ? golomb(&in) : 0;
    int poc_at = in.at;
    out->poc = bits(&in, holds->poc_bits);
    if (in.failed || out->first >= holds->macroblocks || type > 9 || type % 5 > 2 || pps != (unsigned)holds->pps_id
        || idr_id > 65535)
        return AVERROR_INVALIDDATA;
    if (is_idr) {
        /* IDR pictures consist of I slices, are references, and restart the count. A long-term reference could not be
           replaced by its number. */
        if (type % 5 != 2 || !(unit[0] & 0x60) || out->frame_num) return AVERROR_INVALIDDATA;
        unsigned marking = bits(&in, 2);
        return in.failed ? AVERROR_INVALIDDATA : marking & 1 ? AVERROR(ENOTSUP) : 0;
    }
    write_bits(out->bytes, frame_num_at, holds->frame_num_bits, out->frame_num + holds->inserted);
    write_bits(out->bytes, poc_at, holds->poc_bits, out->poc + 2 * holds->inserted);
    return 0;
}

/* Returns whether the unit repeats one of the encoder's parameter sets. */
static int is_known_set(const cfs_holds *holds, const uint8_t *unit, int size) {
    int is_sps = (unit[0] & 31) == SPS;
    return size == (is_sps ? holds->sps_size : holds->pps_size)
        && !memcmp(unit, holds->header + (is_sps ? holds->sps : holds->pps), (size_t)size);
}

/* Writes the packet with shifted slices to the scratch space, which must hold twice its size. Returns the size; `kind`
   receives the kind of picture, and `picture` its first slice. */
static int shift(const cfs_holds *holds, const cfs_packet *packet, int *kind, slice *picture) {
    const uint8_t *bytes = packet->data;
    uint8_t *to = holds->scratch;
    int done = 0, end = 0;
    *kind = 0;
    for (int start; (start = next_unit(bytes, packet->size, &end)) >= 0; done = end) {
        const uint8_t *unit = bytes + start;
        int size = end - start, type = size ? unit[0] & 0x9f : -1;
        memcpy(to, bytes + done, (size_t)(start - done));
        to += start - done;
        if (type < 0 || type & 0x80) return AVERROR_INVALIDDATA;
        if (type == SLICE || type == IDR_SLICE) {
            slice next;
            int status = parse_slice(holds, unit, size, &next);
            if (status < 0) return status;
            /* All of one picture, which begins with the only slice that contains the first macroblock. */
            if (*kind ? type != *kind || !next.first || next.frame_num != picture->frame_num || next.poc != picture->poc
                      : next.first)
                return AVERROR_INVALIDDATA;
            if (!*kind) *picture = next;
            *kind = type;
            if (type == SLICE) {
                to = write_replaced(unit, size, next.bytes, next.count, to);
                continue;
            }
        } else if (type == SPS || type == PPS) {
            if (!is_known_set(holds, unit, size)) return AVERROR(ENOTSUP);
        } else if (type != SEI && type != DELIMITER && type != FILLER) {
            return AVERROR(ENOTSUP);
        }
        memcpy(to, unit, (size_t)size);
        to += size;
    }
    if (!*kind) return AVERROR_INVALIDDATA;
    memcpy(to, bytes + done, (size_t)(packet->size - done));
    return (int)(to - holds->scratch) + packet->size - done;
}

int cfs_holds_pass(cfs_holds *holds, cfs_packet *packet) {
    if (holds->is_vp9) return cfs_holds_pass_vp9(holds, packet);
    if (!packet->data || packet->size > INT_MAX / 4 || !is_annex_b(packet->data, packet->size)) return AVERROR_INVALIDDATA;
    av_fast_malloc(&holds->scratch, &holds->scratch_size, (size_t)packet->size * 2);
    if (!holds->scratch) return AVERROR(ENOMEM);
    int kind;
    slice picture = {0};
    int size = shift(holds, packet, &kind, &picture);
    if (size < 0) return size;
    if (kind == IDR_SLICE) {
        holds->inserted = 0;
        holds->poc = picture.poc;
    } else if (holds->inserted) {
        AVBufferRef *buffer = av_buffer_alloc((size_t)size + AV_INPUT_BUFFER_PADDING_SIZE);
        if (!buffer) return AVERROR(ENOMEM);
        memcpy(buffer->data, holds->scratch, (size_t)size);
        memset(buffer->data + size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
        av_buffer_unref(&packet->buf);
        packet->buf = buffer;
        packet->data = buffer->data;
        packet->size = size;
    }
    holds->can_repeat = kind == IDR_SLICE;
    return 0;
}

int cfs_holds_repeat(cfs_holds *holds, cfs_packet *packet) {
    if (!holds->can_repeat) return AVERROR(EINVAL);
    if (holds->is_vp9) return cfs_holds_repeat_vp9(packet);
    unsigned number = holds->inserted + 1;
    writer out = {{0}, 0};
    add_bits(&out, 8, 1 << 5 | SLICE);                     /* a reference */
    add_golomb(&out, 0);                                   /* begins at the first macroblock */
    add_golomb(&out, 5);                                   /* P, like the whole picture */
    add_golomb(&out, (unsigned)holds->pps_id + 1);
    add_bits(&out, holds->frame_num_bits, number);
    add_bits(&out, holds->poc_bits, holds->poc + 2 * number);
    add_bits(&out, 3, 1);                                  /* the set's references in their order; marking: */
    add_golomb(&out, 1);                                   /* operation 1: the picture */
    add_golomb(&out, 0);                                   /* before this one is no longer a reference (8.2.5.4.1), */
    add_golomb(&out, 0);                                   /* end of the operations */
    add_golomb(&out, 0);                                   /* the set's quantiser */
    add_golomb(&out, 1);                                   /* no deblocking */
    add_golomb(&out, holds->macroblocks);                  /* all skipped */
    uint8_t bytes[REPEAT_BYTES];
    int size = write_unit(&out, bytes);
    av_packet_unref(packet);
    int status = av_new_packet(packet, size);
    if (status < 0) return status;
    memcpy(packet->data, bytes, (size_t)size);
    holds->inserted = number;
    return 0;
}
