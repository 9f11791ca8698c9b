/* SPDX-License-Identifier: Apache-2.0 */
/* The system: files, locks, hashes, memory and the process (system/). */
#ifndef CFS_SYSTEM_H
#define CFS_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include "cfs_libav.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Files (file.c) ---------- */

/* Error codes of our own, in addition to AVERROR's. */
enum { CFS_NOT_REGULAR = -100001, CFS_TOO_LARGE = -100002, CFS_CHANGED = -100003, CFS_CUT_SHORT = -100004,
       CFS_DECODER_DIED = -100005, CFS_DECODER_SLOW = -100006 };

/* Opens a regular file for reading. Never blocks on a FIFO or device: anything but a regular file is CFS_NOT_REGULAR.
   Returns a descriptor, which the caller closes with cfs_file_close(), or a negative code. */
int cfs_file_open(const char *path, int64_t *size, int64_t *modified_ns, uint64_t *inode);
void cfs_file_close(int fd);

/* Reads up to `size` bytes from `offset` on; `*got` is the number read, fewer only at the end. May block on the disk. */
int cfs_file_read(int fd, int64_t offset, uint8_t *bytes, size_t size, size_t *got);

/* Flushes a file, or a folder's entries, to the disk. Blocks until it is done. */
int cfs_file_sync(const char *path);

/* Writes a new file; fails if it exists. Blocks on the disk. */
int cfs_file_write(const char *path, const uint8_t *bytes, size_t size);
/* Does the same with a lock on the file as cfs_file_lock() takes it, writing through the lock's own descriptor, which
   some network file systems require. Returns the descriptor, which the caller closes with cfs_file_close(). */
int cfs_file_write_held(const char *path, const uint8_t *bytes, size_t size);

/* Renames a file, atomically replacing any file at the new path. */
int cfs_file_rename(const char *from, const char *to);

/* Returns 0 if this process may read and write the path, or a negative code such as AVERROR(ENOENT) or
   AVERROR(EACCES). */
int cfs_file_access(const char *path);
int cfs_error_is_missing(int status);

/* Removes a file. A missing file is not an error. */
int cfs_file_remove(const char *path);

/* Locks a file or folder against other processes and other descriptors of this process. Returns a descriptor, or a
   negative code: AVERROR(EAGAIN) if another holder has the lock. Closing the descriptor with cfs_file_close() releases
   the lock. Creates a missing file if `create` is set. Never waits. */
int cfs_file_lock(const char *path, int create);
int cfs_error_is_busy(int status);
int cfs_error_is_unsupported(int status);

/* Sets a file's modification time to now. */
int cfs_file_touch(const char *path);

/* Computes the 32-byte SHA-256 digest of some bytes. Returns 0 or AVERROR(ENOMEM). */
int cfs_sha256(const uint8_t *bytes, size_t size, uint8_t *digest);

/* Computes the same of the first `size` bytes of a file, block by block; fewer are an error. Blocks on the disk. */
int cfs_sha256_file(int fd, int64_t size, uint8_t *digest);

/* Computes the 16-byte MurmurHash3 checksum of some bytes: ten times as fast, but suitable only for detecting damage.
   Returns 0 or AVERROR(ENOMEM). */
int cfs_checksum(const uint8_t *bytes, size_t size, uint8_t *checksum);

/* Returns 1 if the address space has room for a block of this size, 0 if not. Nothing is kept. */
int cfs_memory_has_room(size_t bytes);

/* Reports the peak resident memory of this process in bytes, and the CPU time it has used in seconds. */
void cfs_process_usage(int64_t *peak_bytes, double *cpu_seconds);

/* Returns freed memory to the system. Takes a few milliseconds. Does nothing if the C library does not support it. */
void cfs_memory_trim(void);
/* Makes the whole process return blocks of 4 MiB and more to the system when they are freed. By default, glibc keeps
   more freed blocks the larger the ones it has seen. Does nothing if the C library does not support it. */
void cfs_memory_return_blocks(void);

#ifdef __cplusplus
}
#endif
#endif
