/* SPDX-License-Identifier: Apache-2.0 */
/* libav itself: libraries, errors, log, frames, filter graphs and devices (libav/). */
#ifndef CFS_LIBAV_H
#define CFS_LIBAV_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Results of calls that send or receive. Neither positive value is an error. */
enum {
    CFS_OK = 0,
    CFS_NEEDS_INPUT = 1,   /* nothing is available before more input is sent */
    CFS_FINISHED = 2,      /* nothing more will follow */
};

/* ---- Libraries, errors, log (support.c) ---------- */

/* Returns FFmpeg's version text, such as "5.1.9-0+deb12u1". Static. */
const char *cfs_ffmpeg_version(void);

/* Compares each library's major version at run time with the one compiled against. Returns 0 if all agree; otherwise
   returns -1 and writes a sentence naming the library and both versions to `message`, truncated to `size` bytes. */
int cfs_check_libraries(char *message, size_t size);

/* Returns whether this processor has the parts of AVX-512 that this library and x264 use. */
int cfs_cpu_has_avx512(void);

/* Returns whether this FFmpeg build has an encoder of that name. */
int cfs_has_encoder(const char *name);

/* Writes a description of a negative status to `text`, at most `size` bytes including the terminating 0. */
void cfs_error_text(int status, char *text, size_t size);

int cfs_error_is_no_space(int status);
/* Whether a file has no stream of the wanted kind, or none that can be decoded. */
int cfs_error_is_missing_stream(int status);

/* Receives each complete line of libav's log, without its line end. Called from any thread, by several at once. */
typedef void (*cfs_log_sink)(int level, const char *line);

/* Sends all of libav's log to `sink` from now on, for the whole process, and sets libav's level (16 errors, 24 warnings,
   32 information). */
void cfs_log_install(cfs_log_sink sink, int level);

/* Mark what libav logs on this thread as caused by us, from begin to end; calls may nest. Begin clears the kept lines, and
   the first one in the process installs a log callback of ours, which hands everything else to libav's own. Lines of ours
   are kept for errors, and printed nowhere unless cfs_log_install() was called. A thread of ours begins once and never
   ends. */
void cfs_log_begin(void);
void cfs_log_end(void);

/* Return the warnings and errors that libav logged on this thread since cfs_log_begin(): the last line, and all lines
   (the latest ones if they exceed 2 KB). The text belongs to the thread and is valid until libav is called again. */
const char *cfs_log_last(void);
const char *cfs_log_lines(void);

/* Hides what libav logs on this thread from the sink; cfs_log_lines() still returns it. */
void cfs_log_hush(int hushed);

/* ---- Frames (frame.c) ---------- */

struct AVFrame;
typedef struct AVFrame cfs_frame;
typedef struct cfs_pool cfs_pool;

enum cfs_format {
    CFS_OPAQUE = 0,   /* yuv420p */
    CFS_ALPHA = 1,    /* yuva420p; straight alpha unless stated otherwise */
};

/* Creates a pool of frames of one size and format. Frames may outlive the pool. Free it with cfs_pool_free(). Returns
   NULL if out of memory. Thread-safe: several threads may call cfs_pool_get(). */
cfs_pool *cfs_pool_create(int format, int width, int height);
void cfs_pool_free(cfs_pool *pool);

/* Returns a writable frame with undefined pixels; free it with cfs_frame_free(). Returns NULL if out of memory. */
cfs_frame *cfs_pool_get(cfs_pool *pool);

/* Returns another reference to the same pixels without copying them; free it with cfs_frame_free(). Returns NULL if out
   of memory. */
cfs_frame *cfs_frame_share(const cfs_frame *frame);

/* Returns whether nothing else refers to the frame's pixels. */
int cfs_frame_is_writable(const cfs_frame *frame);

void cfs_frame_free(cfs_frame *frame);

int cfs_frame_width(const cfs_frame *frame);
int cfs_frame_height(const cfs_frame *frame);
int cfs_frame_format(const cfs_frame *frame);

/* Returns the first byte of plane `index` (Y, U, V, A) and sets its row stride in bytes; NULL if there is no such
   plane. */
uint8_t *cfs_frame_plane(const cfs_frame *frame, int index, ptrdiff_t *stride);

/* Sets every pixel. `alpha` is ignored for opaque frames. */
void cfs_frame_fill(cfs_frame *frame, int y, int u, int v, int alpha);

/* ---- Composition by libavfilter (graph.c) ---------- */

typedef struct cfs_graph cfs_graph;

/* Creates an empty graph. Free it with cfs_graph_free(). Returns NULL if out of memory. Nodes are numbered in the order
   they are added. */
cfs_graph *cfs_graph_create(void);
void cfs_graph_free(cfs_graph *graph);

/* Each adds a node and returns its number or a negative code. Every node's output must be used exactly once. */
int cfs_graph_add_input(cfs_graph *graph, int format, int width, int height);
int cfs_graph_add_overlay(cfs_graph *graph, int base, int layer, int x, int y);
int cfs_graph_add_merge(cfs_graph *graph, int from, int to, int mask);

/* Adds a Gaussian blur with a standard deviation of `sigma` pixels. */
int cfs_graph_add_blur(cfs_graph *graph, int input, double sigma);

/* Ends the graph at node `output` and checks it. Returns AVERROR_BUG if libavfilter inserted a conversion of its own,
   or if the result does not have the given format and size. */
int cfs_graph_configure(cfs_graph *graph, int output, int format, int width, int height);

/* Moves an overlay from the next frame on. Both coordinates must be even. */
int cfs_graph_move(cfs_graph *graph, int overlay, int x, int y);

/* Pushes an input's frame for time `index`. Takes ownership of the frame, even on failure: a frame that has no other
   reference is drawn into in place, without a copy. */
int cfs_graph_push(cfs_graph *graph, int input, cfs_frame *frame, int64_t index);

/* Pulls the finished frame; free it with cfs_frame_free(). Blocks while filters run. */
int cfs_graph_pull(cfs_graph *graph, cfs_frame **frame);

#ifdef __cplusplus
}
#endif
#endif
