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
#include "../internal.h"

#include <limits.h>
#include <string.h>

enum {
    SLICE = 1, IDR_SLICE = 5, SEI = 6, SPS = 7, PPS = 8, DELIMITER = 9, FILLER = 12,   /* nal_unit_type */
    SET_BYTES = 256,       /* exceeds the part of a parameter set that is read */
    SLICE_BYTES = 24,      /* exceeds a slice up to its picture order count */
    REPEAT_BYTES = 64,     /* exceeds a repeat or our parameter set, escaped */
    MACROBLOCKS = 139264,  /* level 6.2 */
};

struct cfs_holds {
    int is_vp9;                      /* of the fields below, only the header and `can_repeat` are then used */
    uint8_t *header;                 /* the encoder's parameter sets and ours */
    int header_size;
    int sps, sps_size, pps, pps_size;  /* the encoder's sets in the header */
    int sps_id, pps_id;
    int frame_num_bits, poc_bits;    /* poc_bits is 0 if the order follows from frame_num */
    unsigned macroblocks;
    unsigned inserted;               /* repeats since the last IDR */
    unsigned poc;                    /* that IDR's picture order count */
    int can_repeat;                  /* the last picture was that IDR, a key frame, or a repeat */
    uint8_t *scratch;
    unsigned scratch_size;
};

/* ---- Bits ---- */

typedef struct { const uint8_t *bytes; int size, at, failed; } reader;   /* `at` in bits; failed: read past the end */

static unsigned bits(reader *in, int count) {
    if (count > in->size * 8 - in->at) in->failed = 1;
    if (in->failed) return 0;
    unsigned value = 0;
    for (; count; count--, in->at++) value = value << 1 | (in->bytes[in->at >> 3] >> (7 - (in->at & 7)) & 1);
    return value;
}

/* ue(v), 9.1. */
static unsigned golomb(reader *in) {
    int zeros = 0;
    while (!in->failed && !bits(in, 1)) in->failed |= ++zeros == 32;
    return in->failed ? 0 : (1u << zeros) - 1 + bits(in, zeros);
}

static void skip_golombs(reader *in, int count) {
    while (count--) golomb(in);
}

typedef struct { uint8_t bytes[REPEAT_BYTES / 2]; int at; } writer;      /* starts as zeros; `at` in bits */

static void write_bits(uint8_t *bytes, int at, int count, unsigned value) {
    for (; count--; at++) {
        uint8_t mask = (uint8_t)(0x80 >> (at & 7));
        bytes[at >> 3] = (uint8_t)(value >> count & 1 ? bytes[at >> 3] | mask : bytes[at >> 3] & ~mask);
    }
}

static void add_bits(writer *out, int count, unsigned value) {
    write_bits(out->bytes, out->at, count, value);
    out->at += count;
}

static void add_golomb(writer *out, unsigned value) {
    int zeros = 0;
    while ((value + 1) >> zeros > 1) zeros++;
    add_bits(out, zeros, 0);
    add_bits(out, zeros + 1, value + 1);
}

/* ---- NAL units: start codes and emulation prevention (7.3.1, annex B) ---- */

/* Finds the unit after byte `*from`. Returns the offset of its first byte, or -1 if there is none, and sets `*from` to
   its end. The zeros around start codes belong to no unit. */
static int next_unit(const uint8_t *bytes, int size, int *from) {
    int start = *from;
    while (start + 3 <= size && (bytes[start] || bytes[start + 1] || bytes[start + 2] != 1)) start++;
    if (start + 3 > size) return -1;
    start += 3;
    int end = start;
    while (end < size && (end + 3 > size || bytes[end] || bytes[end + 1] || bytes[end + 2] > 1)) end++;
    while (end > start && !bytes[end - 1]) end--;
    *from = end;
    return start;
}

/* Returns whether the data begin like Annex B, and not with lengths or anything else. */
static int is_annex_b(const uint8_t *bytes, int size) {
    int zeros = 0;
    while (zeros < size && !bytes[zeros]) zeros++;
    return zeros >= 2 && zeros < size && bytes[zeros] == 1;
}

/* Copies a unit's first bytes, at most `room`, without emulation prevention. Returns their number. */
static int unescape(const uint8_t *unit, int size, uint8_t *bytes, int room) {
    int count = 0, zeros = 0;
    for (int i = 0; i < size && count < room; i++) {
        int is_escape = zeros >= 2 && unit[i] == 3;
        zeros = unit[i] ? 0 : zeros + 1;
        if (!is_escape) bytes[count++] = unit[i];
    }
    return count;
}

typedef struct { uint8_t *end; int zeros; } escaper;   /* the write position, and the number of zeros before it */

static void escape(escaper *out, uint8_t byte) {
    if (out->zeros >= 2 && byte <= 3) {
        *out->end++ = 3;
        out->zeros = 0;
    }
    *out->end++ = byte;
    out->zeros = byte ? 0 : out->zeros + 1;
}

/* Writes the assembled unit with a start code, and returns its size: REPEAT_BYTES at most. */
static int write_unit(writer *unit, uint8_t *bytes) {
    add_bits(unit, 1, 1);   /* the stop bit, which keeps the last byte from being zero */
    static const uint8_t start_code[] = {0, 0, 0, 1};
    memcpy(bytes, start_code, 4);
    escaper out = {bytes + 4, 0};
    for (int i = 0; i < (unit->at + 7) / 8; i++) escape(&out, unit->bytes[i]);
    return (int)(out.end - bytes);
}

/* Writes a unit whose first `count` bytes, not counting escapes, are replaced. The output takes at most twice the
   unit's size. Returns its end. */
static uint8_t *write_replaced(const uint8_t *unit, int size, const uint8_t *bytes, int count, uint8_t *to) {
    escaper out = {to, 0};
    int zeros = 0;
    for (int i = 0, index = 0; i < size; i++) {
        int is_escape = zeros >= 2 && unit[i] == 3;
        zeros = unit[i] ? 0 : zeros + 1;
        if (is_escape) continue;
        escape(&out, index < count ? bytes[index] : unit[i]);
        /* After an unchanged byte that is not zero, the escapes are where they were. */
        if (index++ >= count && unit[i]) {
            memcpy(out.end, unit + i + 1, (size_t)(size - i - 1));
            return out.end + (size - i - 1);
        }
    }
    if (out.zeros) *out.end++ = 3;   /* no unit ends in a zero */
    return out.end;
}

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

static int configure_vp9(cfs_holds *holds, const uint8_t *extradata, int size) {
    holds->is_vp9 = 1;
    holds->header = av_mallocz((size_t)size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!holds->header) return AVERROR(ENOMEM);
    if (size > 0) memcpy(holds->header, extradata, (size_t)size);
    holds->header_size = size;
    return 0;
}

int cfs_holds_create(const cfs_encoder *encoder, cfs_holds **out) {
    const AVCodecContext *context = cfs_encoder_context(encoder);
    *out = NULL;
    if (context->codec_id != AV_CODEC_ID_H264 && context->codec_id != AV_CODEC_ID_VP9) return AVERROR(ENOTSUP);
    cfs_holds *holds = *out = av_mallocz(sizeof *holds);
    if (!holds) return AVERROR(ENOMEM);
    int status = context->codec_id == AV_CODEC_ID_VP9
        ? configure_vp9(holds, context->extradata, context->extradata_size)
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

/* VP9's uncompressed header begins (VP9 bitstream specification, 6.2) with the marker 2, two bits of profile, whether a
   frame is shown again, whether it is not a key frame, whether it is shown, and one more bit. Several frames in one
   packet end in an index (annex B); if one is a key frame, the next one may replace it. */
static int pass_vp9(cfs_holds *holds, const cfs_packet *packet) {
    if (!packet->data || packet->size < 1 || packet->data[0] >> 6 != 2) return AVERROR_INVALIDDATA;
    int is_shown_key = (packet->data[0] & 0x3e) == 0x02, has_index = (packet->data[packet->size - 1] & 0xe0) == 0xc0;
    if (has_index) {
        /* Other frames may also end in such a byte, but an index has the same byte at its beginning. */
        uint8_t marker = packet->data[packet->size - 1];
        int length = 2 + ((marker >> 3 & 3) + 1) * ((marker & 7) + 1);
        has_index = packet->size >= length && packet->data[packet->size - length] == marker;
    }
    holds->can_repeat = is_shown_key && !has_index;
    return 0;
}

static int repeat_vp9(cfs_packet *packet) {
    av_packet_unref(packet);
    int status = av_new_packet(packet, 1);
    if (status >= 0) packet->data[0] = 2 << 6 | 1 << 3;    /* profile 0, shown again, slot 0 */
    return status;
}

int cfs_holds_pass(cfs_holds *holds, cfs_packet *packet) {
    if (holds->is_vp9) return pass_vp9(holds, packet);
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
    if (holds->is_vp9) return repeat_vp9(packet);
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
