/* SPDX-License-Identifier: Apache-2.0 */
/* Bits and NAL units of H.264, for holds.c alone. Section numbers refer to ITU-T H.264. */
#ifndef CFS_NAL_H
#define CFS_NAL_H

#include <stdint.h>

enum {
    SLICE = 1, IDR_SLICE = 5, SEI = 6, SPS = 7, PPS = 8, DELIMITER = 9, FILLER = 12,   /* nal_unit_type */
    SET_BYTES = 256,       /* exceeds the part of a parameter set that is read */
    SLICE_BYTES = 24,      /* exceeds a slice up to its picture order count */
    REPEAT_BYTES = 64,     /* exceeds a repeat or our parameter set, escaped */
    MACROBLOCKS = 139264,  /* level 6.2 */
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

#endif
