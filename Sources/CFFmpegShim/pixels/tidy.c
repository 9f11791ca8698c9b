/* SPDX-License-Identifier: Apache-2.0 */
/* Taking out of picture files what says nothing about the pixels.

   libav's decoders are told to refuse damage, and then refuse these parts too: a tag of a TIFF they do not know, a broken
   comment of a PNG. */
#include "tidy.h"

#include <libavutil/crc.h>
#include <libavutil/intreadwrite.h>
#include <string.h>

static unsigned read16(const uint8_t *b, int big) { return big ? AV_RB16(b) : AV_RL16(b); }
static uint32_t read32(const uint8_t *b, int big) { return big ? AV_RB32(b) : AV_RL32(b); }

/* Returns whether pixels depend on a tag (TIFF 6.0, and its technical note 2). 34675 is the ICC profile. */
static int is_of_pixels(unsigned tag) {
    static const uint16_t tags[] = {256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320,
                                    322, 323, 324, 325, 347, 529, 530, 531, 532, 34675};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i] == tag) return 1;
    return 0;
}

void cfs_tidy_tiff(uint8_t *bytes, size_t size) {
    if (size < 8) return;
    int big = bytes[0] == 'M';
    size_t start = read32(bytes + 4, big);
    if (start < 8 || start > size - 2) return;
    unsigned count = read16(bytes + start, big), kept = 0;
    if (count > (size - start - 2) / 12) return;
    uint8_t *entries = bytes + start + 2;
    for (unsigned i = 0; i < count; i++) {
        if (!is_of_pixels(read16(entries + 12 * i, big))) continue;
        if (kept != i) memcpy(entries + 12 * kept, entries + 12 * i, 12);
        kept++;
    }
    if (big) AV_WB16(bytes + start, kept);
    else AV_WL16(bytes + start, kept);
    /* The offset of the next directory follows the entries; nobody reads further ones. */
    if (kept < count) memset(entries + 12 * kept, 0, 4);
}

static uint32_t crc_of(const uint8_t *bytes, size_t size) {
    return ~av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), UINT32_MAX, bytes, size);
}

int cfs_tidy_png(uint8_t *bytes, size_t size, int keeps_profile) {
    int has_profile = 0;
    size_t at = 8;
    while (at + 12 <= size) {
        uint32_t length = AV_RB32(bytes + at);
        if (length > size - at - 12) break;
        uint8_t *type = bytes + at + 4, *crc = type + 4 + length;
        int is_end = !memcmp(type, "IEND", 4);
        int is_profile = !memcmp(type, "iCCP", 4);
        if (is_profile && keeps_profile && AV_RB32(crc) == crc_of(type, 4 + (size_t)length)) {
            has_profile = 1;
        } else if ((type[0] & 0x20) && memcmp(type, "tRNS", 4)) {
            memcpy(type, "noNe", 4);   /* a chunk that no decoder knows, and each passes over (PNG 5.4) */
            AV_WB32(crc, crc_of(type, 4 + (size_t)length));
        } else if (is_end) {
            AV_WB32(crc, crc_of(type, 4 + (size_t)length));
        }
        if (is_end) break;
        at += 12 + (size_t)length;
    }
    return has_profile;
}
