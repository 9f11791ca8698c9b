/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of MPEG sound. */
#include "packets.h"

/* Returns the size in bytes of the MPEG audio frame that begins with this header; 0 if it is none. ISO 11172-3, 2.4.2.3. */
int cfs_mpeg_frame_size(const uint8_t *h) {
    static const int rates[3] = {44100, 48000, 32000};
    static const uint16_t bits[5][16] = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},   /* MPEG 1, layer I */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},      /* layer II */
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},       /* layer III */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},      /* MPEG 2, layer I */
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},           /* layers II and III */
    };
    int version = h[1] >> 3 & 3, layer = 4 - (h[1] >> 1 & 3), rate = h[2] >> 2 & 3, padding = h[2] >> 1 & 1;
    if (h[0] != 0xff || h[1] < 0xe0 || version == 1 || layer == 4 || rate == 3) return 0;
    int is_1 = version == 3, hertz = rates[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    int kilobits = bits[is_1 ? layer - 1 : layer == 1 ? 3 : 4][h[2] >> 4];
    if (!kilobits) return 0;
    if (layer == 1) return (12000 * kilobits / hertz + padding) * 4;
    return (layer == 3 && !is_1 ? 72000 : 144000) * kilobits / hertz + padding;
}
