/* SPDX-License-Identifier: Apache-2.0 */
/* Joining sound that several encoders made: what a decoder carries from one packet into the next. */
#include "../internal.h"

#include <libavutil/crc.h>
#include <string.h>

/* Bits of a packet, the highest first. Reading past its end gives zeros, and is noticed. */
typedef struct bits {
    const uint8_t *bytes;
    int count, at;
    int is_short;
} bits;

static unsigned take(bits *from, int count) {
    unsigned value = 0;
    for (; count > 0; count--, from->at++) {
        int byte = from->at >> 3, has = byte < from->count;
        if (!has) from->is_short = 1;
        value = value << 1 | (has ? from->bytes[byte] >> (7 - (from->at & 7)) & 1u : 0);
    }
    return value;
}

/* AAC (ISO 14496-3, 4.4.2 and 4.6.11): the right half of a frame's window is long or made of short ones, and has one of two
   shapes; the left half of the next one has to fit it. Nothing else passes from one frame to the next in AAC-LC. The second
   channel's window is only found without decoding if the two share one. */
static int64_t carry_aac(const uint8_t *bytes, int size) {
    bits from = {bytes, size, 0, 0};
    unsigned element = take(&from, 3);
    take(&from, 4);
    if (element == 1) {
        if (!take(&from, 1)) return CFS_CARRY_UNKNOWN;
    } else if (element == 0) {
        take(&from, 8);
    } else {
        return CFS_CARRY_UNKNOWN;
    }
    take(&from, 1);
    unsigned sequence = take(&from, 2), shape = take(&from, 1);
    unsigned is_short = sequence == 1 || sequence == 2;   /* LONG_START or EIGHT_SHORT */
    return from.is_short ? CFS_CARRY_UNKNOWN : (int64_t)(is_short << 1 | shape);
}

/* MPEG-1 layer III (ISO 11172-3, 2.4.1.7): the same for the last granule of each channel. The window follows from its block
   type. No bits may be taken from earlier frames. */
static int64_t carry_mp3(const uint8_t *bytes, int size) {
    bits from = {bytes, size, 0, 0};
    if (take(&from, 11) != 0x7ff || take(&from, 2) != 3 || take(&from, 2) != 1) return CFS_CARRY_UNKNOWN;
    int has_crc = !take(&from, 1);
    take(&from, 8);
    int channels = take(&from, 2) == 3 ? 1 : 2;
    from.at = 32 + (has_crc ? 16 : 0);
    if (take(&from, 9) != 0) return CFS_CARRY_UNKNOWN;
    take(&from, channels == 1 ? 5 : 3);
    take(&from, 4 * channels);
    int64_t carry = 0;
    for (int channel = 0, start = from.at + 59 * channels; channel < channels; channel++) {
        from.at = start + 59 * channel + 12 + 9 + 8 + 4;
        unsigned type = take(&from, 1) ? take(&from, 2) : 0;
        carry = carry << 1 | (type == 1 || type == 2);
    }
    return from.is_short ? CFS_CARRY_UNKNOWN : carry;
}

/* The range decoder of Opus (RFC 6716, 4.1), as far as the first symbols of a frame need it. */
typedef struct range_decoder {
    const uint8_t *bytes;
    int size, at, from_end;
    uint32_t range, value;
    int rest;
    uint32_t window;
    int window_bits;
} range_decoder;

static void normalize(range_decoder *decoder) {
    while (decoder->range <= 1u << 23) {
        decoder->range <<= 8;
        int symbol = decoder->rest;
        decoder->rest = decoder->at < decoder->size ? decoder->bytes[decoder->at++] : 0;
        symbol = (symbol << 8 | decoder->rest) >> 1;
        decoder->value = ((decoder->value << 8) + (255 & ~(uint32_t)symbol)) & 0x7fffffff;
    }
}

/* Decodes a bit that is 1 with a probability of 1 to 2 to the power of `odds`. */
static int rare_bit(range_decoder *decoder, int odds) {
    uint32_t part = decoder->range >> odds;
    int bit = decoder->value < part;
    if (!bit) decoder->value -= part;
    decoder->range = bit ? part : decoder->range - part;
    normalize(decoder);
    return bit;
}

/* Decodes one of `count` symbols that are equally likely. */
static uint32_t symbol_of(range_decoder *decoder, uint32_t count) {
    uint32_t step = decoder->range / count, from_top = decoder->value / step + 1;
    uint32_t symbol = count - (from_top < count ? from_top : count), above = step * (count - (symbol + 1));
    decoder->value -= above;
    decoder->range = symbol > 0 ? step : decoder->range - above;
    normalize(decoder);
    return symbol;
}

/* Decodes bits that are stored at the end of the frame. */
static uint32_t raw_bits(range_decoder *decoder, int count) {
    while (decoder->window_bits < count) {
        uint32_t byte = decoder->from_end < decoder->size ? decoder->bytes[decoder->size - ++decoder->from_end] : 0;
        decoder->window |= byte << decoder->window_bits;
        decoder->window_bits += 8;
    }
    uint32_t value = decoder->window & ((1u << count) - 1);
    decoder->window >>= count;
    decoder->window_bits -= count;
    return value;
}

/* Opus (RFC 6716, 3.1 and 4.3): in frames of CELT alone, whose windows always fit, the next frame depends on the mode, on the
   pitch filter, and on the energy of each band, which is predicted from it. Two encoders have told the same energies within
   their own precision, and the difference halves with every frame; the rest has to be equal. SILK's filters carry more, so its
   frames are not known to fit. */
static int64_t carry_opus(const uint8_t *bytes, int size) {
    if (size < 2 || bytes[0] < 0x80 || (bytes[0] & 3)) return CFS_CARRY_UNKNOWN;
    range_decoder decoder = {.bytes = bytes + 1, .size = size - 1, .range = 128};
    decoder.rest = decoder.bytes[decoder.at++];
    decoder.value = decoder.range - 1 - ((uint32_t)decoder.rest >> 1);
    normalize(&decoder);
    int64_t filter = 0;
    int is_silent = rare_bit(&decoder, 15);
    if (!is_silent && rare_bit(&decoder, 1)) {
        uint32_t octave = symbol_of(&decoder, 6), period = raw_bits(&decoder, 4 + (int)octave), gain = raw_bits(&decoder, 3);
        filter = 1 + (int64_t)(octave << 12 | period << 3 | gain);
    }
    return (int64_t)bytes[0] << 32 | (int64_t)is_silent << 24 | filter;
}

int64_t cfs_packet_carry(const cfs_packet *packet, enum cfs_carry_codec codec) {
    if (!packet->data || packet->size <= 0) return CFS_CARRY_UNKNOWN;
    switch (codec) {
    case CFS_CARRY_AAC: return carry_aac(packet->data, packet->size);
    case CFS_CARRY_MP3: return carry_mp3(packet->data, packet->size);
    case CFS_CARRY_OPUS: return carry_opus(packet->data, packet->size);
    }
    return CFS_CARRY_UNKNOWN;
}

/* Writes a number as FLAC does, in UTF-8 extended to 36 bits; returns the number of bytes. */
static int write_number(uint8_t *out, uint32_t number) {
    if (number < 0x80) {
        out[0] = (uint8_t)number;
        return 1;
    }
    int count = 2;
    while (count < 6 && number >> (5 * count + 1)) count++;
    for (int i = count - 1; i > 0; i--, number >>= 6) out[i] = (uint8_t)(0x80 | (number & 0x3f));
    out[0] = (uint8_t)((0xff00u >> count & 0xff) | number);
    return count;
}

int cfs_packet_number_flac(cfs_packet *packet, uint32_t number) {
    enum { FIXED = 4, MOST = 6 };
    const uint8_t *data = packet->data;
    int size = packet->size;
    if (size < FIXED + 4 || data[0] != 0xff || data[1] != 0xf8 || number > INT32_MAX) return AVERROR_INVALIDDATA;
    int old = 1;
    if (data[FIXED] & 0x80)
        for (old = 0; old < 8 && data[FIXED] << old & 0x80; ) old++;
    int block = data[2] >> 4, rate = data[2] & 15;
    int more = (block == 6 ? 1 : block == 7 ? 2 : 0) + (rate == 12 ? 1 : rate == 13 || rate == 14 ? 2 : 0);
    int rest = FIXED + old + more + 1;   /* what follows the header and its sum */
    if (old > 7 || size < rest + 2) return AVERROR_INVALIDDATA;
    AVPacket *changed = av_packet_alloc();
    if (!changed) return AVERROR(ENOMEM);
    uint8_t digits[MOST];
    int count = write_number(digits, number), head = FIXED + count + more;
    int status = av_new_packet(changed, size + count - old);
    if (status >= 0) status = av_packet_copy_props(changed, packet);
    if (status >= 0) {
        uint8_t *out = changed->data;
        memcpy(out, data, FIXED);
        memcpy(out + FIXED, digits, (size_t)count);
        memcpy(out + FIXED + count, data + FIXED + old, (size_t)more);
        out[head] = (uint8_t)av_crc(av_crc_get_table(AV_CRC_8_ATM), 0, out, (size_t)head);
        memcpy(out + head + 1, data + rest, (size_t)(size - rest - 2));
        int end = changed->size - 2;
        uint32_t sum = av_crc(av_crc_get_table(AV_CRC_16_ANSI), 0, out, (size_t)end);
        out[end] = (uint8_t)sum;   /* this sum comes out with its bytes swapped */
        out[end + 1] = (uint8_t)(sum >> 8);
        av_packet_unref(packet);
        av_packet_move_ref(packet, changed);
    }
    av_packet_free(&changed);
    return status < 0 ? status : 0;
}
