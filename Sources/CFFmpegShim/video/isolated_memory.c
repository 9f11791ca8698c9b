/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that a host shares with a helper, and the pictures in it. */
#define _GNU_SOURCE
#include "isolated_host.h"

#include "../pixels/planes.h"

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>

void cfs_part_release(cfs_part *part) {
    if (!part || atomic_fetch_sub(&part->references, 1) > 1) return;
    munmap(part->base, part->slot_size * CFS_SLOTS);
    av_free(part);
}

int cfs_part_add(cfs_isolated *it, uint64_t need) {
    uint64_t slot_size = (need + CFS_PAGE - 1) / CFS_PAGE * CFS_PAGE, size = slot_size * CFS_SLOTS;
    cfs_part *part = av_mallocz(sizeof *part);
    if (!part) return AVERROR(ENOMEM);
    /* Memory that nobody writes to takes no space. */
    if (size > INT64_MAX / 2 || ftruncate(it->descriptor, (off_t)(it->size + size)) < 0) {
        av_free(part);
        return AVERROR(ENOMEM);
    }
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, it->descriptor, (off_t)it->size);
    if (base == MAP_FAILED) {
        av_free(part);
        return AVERROR(ENOMEM);
    }
    *part = (cfs_part){.references = 1, .base = base, .place = it->size, .slot_size = slot_size};
    it->size += size;
    cfs_part_release(it->part);
    it->part = part;
    return 0;
}

/* A picture's hold on its slot. */
typedef struct {
    cfs_part *part;
    int slot;
} hold;

static void let_go(void *opaque, uint8_t *data) {
    (void)data;
    hold *held = opaque;
    atomic_fetch_and(&held->part->used, ~(1u << held->slot));
    cfs_part_release(held->part);
    av_free(held);
}

/* Returns a free slot, from new memory if there is none. */
static int take_slot(cfs_isolated *it, uint64_t need) {
    if (!it->part || it->part->slot_size < need || atomic_load(&it->part->used) == (1u << CFS_SLOTS) - 1) {
        int status = cfs_part_add(it, need);
        if (status < 0) return status;
    }
    for (int slot = 0;; slot++) {
        uint32_t bit = 1u << slot;
        if (!(atomic_fetch_or(&it->part->used, bit) & bit)) return slot;
    }
}

int cfs_isolated_take(cfs_isolated *it, cfs_picture **picture) {
    *picture = NULL;
    uint64_t need = it->part ? it->part->slot_size : CFS_PAGE;
    for (int attempt = 0; attempt < 2; attempt++) {
        int slot = take_slot(it, need);
        if (slot < 0) return slot;
        cfs_part *part = it->part;
        it->box->place = part->place + (uint64_t)slot * part->slot_size;
        it->box->room = part->slot_size;
        int status = cfs_isolated_call(it, CFS_TAKE, 1);
        hold *held = status == 0 && !it->reply.is_too_small ? av_malloc(sizeof *held) : NULL;
        AVFrame *frame = held ? av_frame_alloc() : NULL;
        if (!frame) {
            av_free(held);
            atomic_fetch_and(&part->used, ~(1u << slot));
            if (status || !it->reply.is_too_small) return status ? status : AVERROR(ENOMEM);
            need = it->reply.size;
            if (need > (uint64_t)it->max_pixels * 8 + (1 << 20)) return AVERROR_INVALIDDATA;
            continue;
        }
        *held = (hold){part, slot};
        atomic_fetch_add(&part->references, 1);
        uint8_t *base = part->base + (uint64_t)slot * part->slot_size;
        if (!(frame->buf[0] = av_buffer_create(base, part->slot_size, let_go, held, 0))) {
            let_go(held, base);
            av_frame_free(&frame);
            return AVERROR(ENOMEM);
        }
        const cfs_mailbox *reply = &it->reply;
        frame->format = reply->pixel_format;
        frame->width = reply->width;
        frame->height = reply->height;
        int64_t size = frame->width > 0 && frame->height > 0 && (int64_t)frame->width * frame->height <= it->max_pixels
            ? cfs_layout(frame->format, frame->width, frame->height, base, frame->data, frame->linesize) : -1;
        if (size < 0 || (uint64_t)size > part->slot_size) {
            av_frame_free(&frame);
            return AVERROR_INVALIDDATA;
        }
        frame->colorspace = reply->matrix >= 0 && reply->matrix < AVCOL_SPC_NB ? (enum AVColorSpace)reply->matrix : AVCOL_SPC_UNSPECIFIED;
        frame->color_range = reply->range == AVCOL_RANGE_JPEG ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
        frame->chroma_location = reply->chroma >= 0 && reply->chroma < AVCHROMA_LOC_NB ? (enum AVChromaLocation)reply->chroma : AVCHROMA_LOC_UNSPECIFIED;
        return cfs_video_describe(frame, picture);
    }
    return AVERROR_INVALIDDATA;
}
#else
int cfs_isolated_take(cfs_isolated *isolated, cfs_picture **picture) {
    (void)isolated; (void)picture;
    return AVERROR(ENOSYS);
}
#endif
