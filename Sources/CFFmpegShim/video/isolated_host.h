/* SPDX-License-Identifier: Apache-2.0 */
/* What the host keeps of a helper: its process (isolated.c), and the memory that they share (isolated_memory.c). */
#ifndef CFS_ISOLATED_HOST_H
#define CFS_ISOLATED_HOST_H

#include "isolated.h"

#include <sys/types.h>

/* A part of the shared memory, cut into slots of one size for pictures. It stays mapped as long as a picture is in it. */
typedef struct {
    _Atomic int references;
    uint8_t *base;
    uint64_t place, slot_size;   /* in bytes from the start of the shared memory */
    _Atomic uint32_t used;       /* a bit for each slot */
} cfs_part;

enum { CFS_SLOTS = 16, CFS_PAGE = 65536 /* the largest page in use */ };

struct cfs_isolated {
    pid_t process;
    int has_ended;
    int descriptor;              /* of the shared memory */
    uint64_t size;
    cfs_mailbox *box;
    cfs_mailbox reply;           /* a copy of what was answered, which does not change any more */
    cfs_part *part;           /* NULL before the first picture */
    int64_t max_pixels;
    cfs_video_info info;
    char format[64], codec[64];
};

/* Has the helper carry out what is in the mailbox, and copies the answer. Reading a whole file may take several times as long
   as finding a picture. Blocks. */
int cfs_isolated_call(cfs_isolated *it, enum cfs_operation operation, int times);

/* Adds memory for slots of at least `need` bytes, in place of the part before, which stays as long as pictures are in it. */
int cfs_part_add(cfs_isolated *it, uint64_t need);
void cfs_part_release(cfs_part *part);

#endif
