/* SPDX-License-Identifier: Apache-2.0 */
/* Held pictures in VP9, which has a way to show a picture again. */
#include "holds.h"

#include <string.h>

int cfs_holds_configure_vp9(cfs_holds *holds, const uint8_t *extradata, int size) {
    holds->is_vp9 = 1;
    holds->header = av_mallocz((size_t)size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!holds->header) return AVERROR(ENOMEM);
    if (size > 0) memcpy(holds->header, extradata, (size_t)size);
    holds->header_size = size;
    return 0;
}

/* VP9's uncompressed header begins (VP9 bitstream specification, 6.2) with the marker 2, two bits of profile, whether a
   frame is shown again, whether it is not a key frame, whether it is shown, and one more bit. Several frames in one
   packet end in an index (annex B); if one is a key frame, the next one may replace it. */
int cfs_holds_pass_vp9(cfs_holds *holds, const cfs_packet *packet) {
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

int cfs_holds_repeat_vp9(cfs_packet *packet) {
    av_packet_unref(packet);
    int status = av_new_packet(packet, 1);
    if (status >= 0) packet->data[0] = 2 << 6 | 1 << 3;    /* profile 0, shown again, slot 0 */
    return status;
}
