/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C_ALLOCATIONS_H
#define C_ALLOCATIONS_H

/* How often memory was asked for in this process so far, by whomever: Swift, C, libav. Thread-safe, never blocks.
   Always 0 where the C library is not glibc. */
long allocations_so_far(void);

#endif
