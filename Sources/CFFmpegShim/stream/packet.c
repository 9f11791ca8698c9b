/* SPDX-License-Identifier: Apache-2.0 */
/* Encoded packets, and bytes that they share. */
#include "../internal.h"

#include <string.h>

cfs_packet *cfs_packet_create(void) { return av_packet_alloc(); }
void cfs_packet_free(cfs_packet *packet) { av_packet_free(&packet); }
int64_t cfs_packet_size(const cfs_packet *packet) { return packet->size; }
const uint8_t *cfs_packet_bytes(const cfs_packet *packet) { return packet->data; }
int64_t cfs_packet_time(const cfs_packet *packet) { return packet->pts; }
int64_t cfs_packet_decode_time(const cfs_packet *packet) { return packet->dts; }

int cfs_packet_flags(const cfs_packet *packet) { return packet->flags; }

cfs_bytes *cfs_bytes_copy(const uint8_t *bytes, size_t size) {
    if (size > SIZE_MAX - AV_INPUT_BUFFER_PADDING_SIZE) return NULL;
    AVBufferRef *copy = av_buffer_alloc(size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!copy) return NULL;
    if (size > 0) memcpy(copy->data, bytes, size);
    memset(copy->data + size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    return copy;
}

void cfs_bytes_free(cfs_bytes *bytes) { av_buffer_unref(&bytes); }

int cfs_packet_share(cfs_packet *packet, const cfs_bytes *bytes, size_t offset, int size, int flags) {
    size_t all = bytes->size - AV_INPUT_BUFFER_PADDING_SIZE;
    if (size < 0 || offset > all || (size_t)size > all - offset) return AVERROR(EINVAL);
    packet->buf = av_buffer_ref(bytes);
    if (!packet->buf) return AVERROR(ENOMEM);
    packet->data = packet->buf->data + offset;
    packet->size = size;
    packet->flags = flags;
    return 0;
}

void cfs_packet_place(cfs_packet *packet, int64_t time, int64_t decode_time, int64_t duration) {
    packet->pts = time;
    packet->dts = decode_time;
    packet->duration = duration;
}

int64_t cfs_packet_duration(const cfs_packet *packet) { return packet->duration; }

void cfs_packet_time_sound(cfs_packet *packet, int64_t time, int64_t duration) {
    packet->pts = packet->dts = time;
    packet->duration = duration;
}

int cfs_packet_side_count(const cfs_packet *packet) { return packet->side_data_elems; }

size_t cfs_packet_side(const cfs_packet *packet, int index, int *type, const uint8_t **bytes) {
    *type = (int)packet->side_data[index].type;
    *bytes = packet->side_data[index].data;
    return packet->side_data[index].size;
}

int cfs_packet_add_side(cfs_packet *packet, int type, const uint8_t *bytes, size_t size) {
    uint8_t *data = av_packet_new_side_data(packet, (enum AVPacketSideDataType)type, size);
    if (!data) return AVERROR(ENOMEM);
    if (size) memcpy(data, bytes, size);
    return 0;
}
