/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding in a process of its own: the host's side (isolated.c) and the helper's (helper.c), and what they share.

   The helper is the program itself, started again: a constructor finds the inherited memory and never returns to main(), so
   that a host needs no second program. It is locked before it looks at the first byte of the file: it has two descriptors and no
   name of any file, and may do no more than compute, read the file and wait.

   Host and helper take turns. The helper is not trusted: what it says is copied out of the shared memory, then checked. */
#ifndef CFS_ISOLATED_H
#define CFS_ISOLATED_H

#include "video.h"

#include <stdatomic.h>

enum { CFS_HELPER_MEMORY = 3, CFS_HELPER_FILE = 4 };   /* the descriptors that the helper inherits */

enum cfs_operation { CFS_OPEN, CFS_LIST, CFS_FIND, CFS_TAKE };

/* The start of the shared memory. Pictures and lists are in the rest, at places that the host chooses. */
typedef struct {
    uint64_t magic;
    _Atomic uint32_t turn;        /* a futex: even for the host, odd for the helper */
    uint32_t operation;
    /* what is asked */
    int64_t time, key, max_pixels;
    uint64_t most, place, room;   /* where the result may be written, in bytes from the start of the memory */
    uint64_t memory;              /* the size of the memory */
    /* what is answered */
    int32_t status;
    int32_t is_too_small;         /* the room is; `size` is what is needed */
    uint64_t size, count;
    int64_t shown_from;
    cfs_video_info info;
    char format[64], codec[64];
    int32_t pixel_format, width, height, matrix, range, chroma;
    char log[512];                /* the last line that libav logged */
} cfs_mailbox;

#define CFS_MAILBOX_MAGIC UINT64_C(0x436f6d706f736531)

/* Waits until the turn is no longer `turn`, at most some milliseconds. */
void cfs_turn_wait(cfs_mailbox *box, uint32_t turn);
void cfs_turn_pass(cfs_mailbox *box);

/* Fills in the planes of a picture of this format and size at `base`, and returns the bytes it takes; negative for one that is
   not possible. Both sides lay pictures out alike. */
int64_t cfs_layout(enum AVPixelFormat format, int width, int height, uint8_t *base, uint8_t *planes[4], int strides[4]);

/* Whether a helper can be locked on this system. */
int cfs_can_lock(void);

typedef struct cfs_isolated cfs_isolated;

/* The functions of cfs_video.h, carried out by a helper. */
int cfs_isolated_open(int fd, int64_t max_pixels, cfs_isolated **isolated);
void cfs_isolated_free(cfs_isolated *isolated);
int cfs_isolated_list_times(cfs_isolated *isolated, size_t most, cfs_video_time **times, size_t *count);
int cfs_isolated_find(cfs_isolated *isolated, int64_t time, int64_t key, int64_t *shown_from);
int cfs_isolated_take(cfs_isolated *isolated, cfs_picture **picture);
/* The helper's process; 0 if it has ended. */
int cfs_isolated_process(const cfs_isolated *isolated);
const cfs_video_info *cfs_isolated_info(const cfs_isolated *isolated);
const char *cfs_isolated_format(const cfs_isolated *isolated);
const char *cfs_isolated_codec(const cfs_isolated *isolated);

#endif
