/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The render core: all access to FFmpeg and zimg, and the pixel kernels.
 *
 * This header includes no FFmpeg header, so Swift sees no FFmpeg struct: field offsets differ between FFmpeg's major
 * versions. The .c files beside it handle all version differences (5.1 … 9).
 *
 * Unless a function says otherwise:
 *   - it returns 0 or a negative AVERROR code, which cfs_error_text() describes;
 *   - it does not block, does not write to the log, and frees none of its arguments;
 *   - an object may move between threads, but only one thread may use it at a time;
 *   - pictures are 8-bit planar 4:2:0, BT.709, limited range, chroma sited left (MPEG-2); sizes are in luma pixels;
 *   - the caller owns a returned pointer and frees it with the function named beside it.
 */
#ifndef CFFMPEGSHIM_H
#define CFFMPEGSHIM_H

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

/* ---- Libraries, errors, log (support.c) ------------------------------------------------------------------------- */

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

/* ---- Files (file.c) --------------------------------------------------------------------------------------------- */

/* Error codes of our own, in addition to AVERROR's. */
enum { CFS_NOT_REGULAR = -100001, CFS_TOO_LARGE = -100002, CFS_CHANGED = -100003, CFS_CUT_SHORT = -100004 };

/* Opens a regular file for reading. Never blocks on a FIFO or device: anything but a regular file is CFS_NOT_REGULAR.
   Returns a descriptor, which the caller closes with cfs_file_close(), or a negative code. */
int cfs_file_open(const char *path, int64_t *size, int64_t *modified_ns, uint64_t *inode);
void cfs_file_close(int fd);

/* Reads up to `size` bytes from the start of the file; `*got` is the number read. May block on the disk. */
int cfs_file_read(int fd, uint8_t *bytes, size_t size, size_t *got);

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

/* Computes the 16-byte MurmurHash3 checksum of some bytes: ten times as fast, but suitable only for detecting damage.
   Returns 0 or AVERROR(ENOMEM). */
int cfs_checksum(const uint8_t *bytes, size_t size, uint8_t *checksum);

/* Reports the peak resident memory of this process in bytes, and the CPU time it has used in seconds. */
void cfs_process_usage(int64_t *peak_bytes, double *cpu_seconds);

/* Returns freed memory to the system. Takes a few milliseconds. Does nothing if the C library does not support it. */
void cfs_memory_trim(void);
/* Makes the whole process return blocks of 4 MiB and more to the system when they are freed. By default, glibc keeps
   more freed blocks the larger the ones it has seen. Does nothing if the C library does not support it. */
void cfs_memory_return_blocks(void);

/* ---- Frames (frame.c) ------------------------------------------------------------------------------------------- */

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
void cfs_frame_free(cfs_frame *frame);

int cfs_frame_width(const cfs_frame *frame);
int cfs_frame_height(const cfs_frame *frame);
int cfs_frame_format(const cfs_frame *frame);

/* Returns the first byte of plane `index` (Y, U, V, A) and sets its row stride in bytes; NULL if there is no such
   plane. */
uint8_t *cfs_frame_plane(const cfs_frame *frame, int index, ptrdiff_t *stride);

/* Sets every pixel. `alpha` is ignored for opaque frames. */
void cfs_frame_fill(cfs_frame *frame, int y, int u, int v, int alpha);

/* ---- Still pictures (picture.c) --------------------------------------------------------------------------------- */

/* A decoded picture in planes, with the depth and subsampling of its file. */
typedef struct cfs_picture cfs_picture;

enum cfs_image_codec { CFS_JPEG, CFS_PNG, CFS_WEBP, CFS_GIF, CFS_TIFF, CFS_BMP };

/* Decodes one picture from memory. The `size` bytes must be followed by 64 readable zero bytes. Damaged data and more
   than `max_pixels` pixels are errors. `reduce` (0…3) decodes a JPEG at 1/2^reduce of its size, which costs less than
   decoding all of it; other formats ignore it. Blocks while decoding. Free the picture with cfs_picture_free().
   CFS_CUT_SHORT: the data end before the picture does. */
int cfs_picture_decode(const uint8_t *bytes, size_t size, enum cfs_image_codec codec, int64_t max_pixels, int reduce,
                       cfs_picture **picture);
void cfs_picture_free(cfs_picture *picture);

int cfs_picture_width(const cfs_picture *picture);
int cfs_picture_height(const cfs_picture *picture);
int cfs_picture_has_alpha(const cfs_picture *picture);

/* Turns the picture upright. `orientation` is EXIF's, 1 … 8. */
int cfs_picture_orient(cfs_picture *picture, int orientation);

/* ---- Colour and size conversion by zimg (convert.c) ------------------------------------------------------------- */

/* A region of a picture, in the picture's pixels; fractions are allowed. It must lie inside the picture. */
typedef struct cfs_region { double left, top, width, height; } cfs_region;

/* Converts a region of a picture to the working format at the size of `frame`: one Catmull-Rom resize with antialiasing
   and one matrix and range conversion. Untagged RGB is sRGB; JPEG is full-range BT.601, WebP limited-range BT.601. An
   alpha frame becomes premultiplied (Y−16, U−128 and V−128 times alpha); an opaque frame drops the picture's alpha. */
int cfs_convert(const cfs_picture *picture, cfs_region region, cfs_frame *frame);

/* ---- Moving pictures by our own resampler (resample.c) ---------------------------------------------------------- */

typedef struct cfs_resampler cfs_resampler;

/* Creates a resampler, which holds scratch space reused from frame to frame. Free it with cfs_resampler_free(). Returns
   NULL if out of memory. */
cfs_resampler *cfs_resampler_create(void);
void cfs_resampler_free(cfs_resampler *resampler);

/* An axis-aligned map from output to source in luma pixels: source = scale × output + offset. Pixel k covers k …
   k+1. */
typedef struct cfs_axis { double scale, offset; } cfs_axis;

/* Resamples `source` into all of `target` with a Catmull-Rom kernel, which is widened for shrinking; edge pixels are
   extended outwards. Draws the planes that both frames have. The result is the same on every CPU. -ENOMEM is the only
   failure. */
int cfs_resample(cfs_resampler *resampler, const cfs_frame *source, cfs_frame *target, cfs_axis x, cfs_axis y);

/* Limits the kernels' instruction set (0 plain C, 1 AVX2, 2 AVX-512), for tests that compare them. Process-wide. */
void cfs_limit_simd(int level);

/* ---- Layers and masks (layer.c, mask.c) ------------------------------------------------------------------------- */

/* Turns what cfs_resample() drew into an alpha frame into a layer. If `premultiplied` is set, makes the colours
   straight; otherwise treats alpha as solid. Then multiplies alpha by `opacity` (0…1) and by each pixel's coverage by
   the rectangle left…right × top…bottom, in the frame's pixels. */
void cfs_layer_finish(cfs_frame *frame, int premultiplied, double left, double top, double right, double bottom,
                      double opacity);

/* Draws the matte of `source`: white with the same alpha, premultiplied. `target` has the size and format of
   `source`. */
void cfs_frame_matte(const cfs_frame *source, cfs_frame *target);

/* Combines two opaque pictures into one with straight alpha: a composition over black, and its matte. */
void cfs_frame_join(const cfs_frame *colour, const cfs_frame *matte, cfs_frame *target);

/* Blends `amount` (0…1) of a colour into the frame's Y, U and V; alpha is unchanged. */
void cfs_frame_tint(cfs_frame *frame, int y, int u, int v, double amount);

/* Copies the pixels of `source` to `target`, which has at least the planes of `source` and the same size (checked). */
int cfs_frame_copy(const cfs_frame *source, cfs_frame *target);

enum { CFS_MOST_STOPS = 16 };

/* A colour of a gradient, sRGB with straight alpha, at a place 0…1 of it. */
typedef struct {
    double at;
    uint8_t red, green, blue, alpha;
} cfs_stop;

/* A gradient over a frame, whose first pixel's centre is (0.5, 0.5). Linear: pixel (x, y) is a·x + b·y + c of the way.
   Radial: it is its distance from (a, b), divided by c. Stops are in order; outside them the nearest colour holds. */
typedef struct {
    cfs_stop stops[CFS_MOST_STOPS];
    int count;
    int radial;
    double a, b, c;
} cfs_gradient;

/* Draws a gradient over a frame, mixed in sRGB's encoding with premultiplied alpha and dithered. An alpha frame becomes
   premultiplied, as by cfs_picture_convert(). Checks the number of stops. Does not block. */
int cfs_gradient_draw(const cfs_gradient *gradient, cfs_frame *frame);

/* A grey map: for each pixel, the moment of a transition (0 … 65535) at which it changes. */
typedef struct cfs_map cfs_map;

enum cfs_map_shape {
    CFS_MAP_RIGHT, CFS_MAP_LEFT, CFS_MAP_DOWN, CFS_MAP_UP,
    CFS_MAP_DOWN_RIGHT, CFS_MAP_DOWN_LEFT, CFS_MAP_UP_RIGHT, CFS_MAP_UP_LEFT,
    CFS_MAP_CIRCLE_OPEN, CFS_MAP_CIRCLE_CLOSE, CFS_MAP_CLOCK, CFS_MAP_BARN_DOORS, CFS_MAP_DISSOLVE,
};

/* Create a map of a computed shape for a canvas, or from the luma of a canvas-sized frame. Free it with cfs_map_free().
   Return NULL if out of memory. A map never changes, so several threads may use it at once. */
cfs_map *cfs_map_create(enum cfs_map_shape shape, int width, int height);
cfs_map *cfs_map_from_frame(const cfs_frame *frame);
void cfs_map_free(cfs_map *map);

/* Draws the map's mask at `progress` (0…1) into an opaque frame of its size: 0 keeps the first picture, 255 shows the
   second. `softness` (0…1) is the width of the edge as a fraction of the transition. The mask is all 0 at progress 0
   and all 255 at 1. */
void cfs_mask_draw(const cfs_map *map, double progress, double softness, cfs_frame *mask);

/* ---- Composition by libavfilter (graph.c) ----------------------------------------------------------------------- */

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

/* ---- Sound (audio.c) -------------------------------------------------------------------------------------------- */

enum { CFS_SAMPLE_RATE = 48000, CFS_CHANNELS = 2 };

typedef struct cfs_audio cfs_audio;

/* Opens a sound file by its descriptor and takes ownership of the descriptor, even on failure. Tries only local
   container formats and codecs from a closed list, and never opens anything but this descriptor. Blocks. Free with
   cfs_audio_free(). */
int cfs_audio_open(int fd, cfs_audio **audio);
void cfs_audio_free(cfs_audio *audio);

/* Returns the length in samples at 48 kHz according to the container; 0 if unknown. */
int64_t cfs_audio_length(const cfs_audio *audio);
/* Return the names of the demuxer and the decoder. Static. */
const char *cfs_audio_format(const cfs_audio *audio);
const char *cfs_audio_codec(const cfs_audio *audio);

/* Reads up to `count` stereo samples as interleaved floats at 48 kHz; `*got` < count only at the end. Blocks. */
int cfs_audio_read(cfs_audio *audio, float *samples, int count, int *got);

/* Seeks exactly to sample `position` (48 kHz, from the file's first sample). Blocks. */
int cfs_audio_seek(cfs_audio *audio, int64_t position);

/* Computes mix[i] += samples[i] × gain, with a linear gain from `from` (first sample) to `to` (the one after the
   last). */
void cfs_audio_mix(float *mix, const float *samples, int count, double from, double to);

/* Returns the largest absolute value. */
float cfs_audio_peak(const float *samples, int count);

/* ---- Encoding (device.c, encode.c, palette.c) -------------------------------------------------------------------- */

struct AVBufferRef;
typedef struct AVBufferRef cfs_device;

enum cfs_device_kind { CFS_CUDA, CFS_VAAPI };

/* Returns whether the system finds a shared library of that name. The library stays loaded. */
int cfs_library_loads(const char *name);

/* Counts the GPUs that CUDA's driver reports. Returns the driver's error, 0 for none; -1 if there is no driver. */
int cfs_cuda_count(int *count);

/* Opens a GPU: CUDA's by its number as text, VA-API's by the path of its render node. Free it with cfs_device_free();
   encoders hold references of their own. May take a tenth of a second. */
int cfs_device_open(enum cfs_device_kind kind, const char *name, cfs_device **device);
void cfs_device_free(cfs_device *device);

/* Returns whether the driver lists any way to encode. Always 1 for CUDA, whose driver reports this only when a session
   is opened. */
int cfs_device_encodes(const cfs_device *device);

struct AVPacket;
typedef struct AVPacket cfs_packet;
typedef struct AVBufferRef cfs_bytes;

/* Copies bytes for packets to share; the copy lives until the last of its packets is freed. Free with cfs_bytes_free().
   Returns NULL if out of memory. */
cfs_bytes *cfs_bytes_copy(const uint8_t *bytes, size_t size);
void cfs_bytes_free(cfs_bytes *bytes);
typedef struct cfs_encoder cfs_encoder;
typedef struct cfs_palette cfs_palette;

cfs_packet *cfs_packet_create(void);
void cfs_packet_free(cfs_packet *packet);
int64_t cfs_packet_size(const cfs_packet *packet);
/* Returns the packet's bytes, which are valid until it is written or freed. */
const uint8_t *cfs_packet_bytes(const cfs_packet *packet);
/* Returns the presentation time in frames or samples. Valid before the packet is written. */
int64_t cfs_packet_time(const cfs_packet *packet);
/* Returns the decoding time; as above. */
int64_t cfs_packet_decode_time(const cfs_packet *packet);
/* Returns libav's AV_PKT_FLAG_*: whether it is a key frame, and whether others depend on it, which some containers also
   record. */
int cfs_packet_flags(const cfs_packet *packet);
/* Makes an empty packet share `size` of these bytes from `offset` on. Returns AVERROR(EINVAL) for a range outside
   them. */
int cfs_packet_share(cfs_packet *packet, const cfs_bytes *bytes, size_t offset, int size, int flags);
/* Sets a picture's presentation time, decoding time and duration, in frames. */
void cfs_packet_place(cfs_packet *packet, int64_t time, int64_t decode_time, int64_t duration);
/* Return the duration in frames or samples, and set the time and duration of sound in samples. */
int64_t cfs_packet_duration(const cfs_packet *packet);
void cfs_packet_time_sound(cfs_packet *packet, int64_t time, int64_t duration);
/* Side data of a packet, such as the number of samples to skip: return the number of entries; return an entry's size
   and bytes, which are valid as long as the packet; and add an entry, copying its bytes. */
int cfs_packet_side_count(const cfs_packet *packet);
size_t cfs_packet_side(const cfs_packet *packet, int index, int *type, const uint8_t **bytes);
int cfs_packet_add_side(cfs_packet *packet, int type, const uint8_t *bytes, size_t size);

typedef struct cfs_video_options {
    const char *encoder;         /* libav's name, such as "libx264" */
    const char *pixel_format;    /* input format by libav's name; working frames are converted if it differs */
    int width, height;
    int rate_num, rate_den;      /* frames per second */
    int threads;                 /* fixed by the plan, so that the result does not depend on the machine */
    int keyframe_interval;       /* frames; 0 leaves it to the encoder */
    cfs_device *device;          /* where it runs; NULL for the CPU. Borrowed for the call. */
    const char *const *options;  /* name, value, name, value, …, NULL; the encoder must know each */
} cfs_video_options;

/* Opens an encoder; free it with cfs_encoder_free(). May take milliseconds, with hardware a tenth of a second. */
int cfs_encoder_open_video(const cfs_video_options *options, cfs_encoder **encoder);

/* Opens an encoder for stereo at 48 kHz: "aac", "libmp3lame", "libopus", "flac" or "pcm_s24le". The last two keep 24
   bits and ignore the bitrate. */
int cfs_encoder_open_audio(const char *name, int bitrate, cfs_encoder **encoder);
void cfs_encoder_free(cfs_encoder *encoder);

/* Returns the number of samples an audio encoder takes at a time; 0 means any number. */
int cfs_encoder_frame_size(const cfs_encoder *encoder);

/* Returns the size of the header that decoders need before the first packet, and sets `*bytes` to it. It is empty if
   the codec has none, or if it comes with the first packet. Valid until the encoder is freed. */
int cfs_encoder_header(const cfs_encoder *encoder, const uint8_t **bytes);

/* Returns the number of frames by which decoding precedes presentation, as far as the encoder reports it when
   opened. */
int cfs_encoder_delay(const cfs_encoder *encoder);

/* Makes the encoder take pictures in 256 colours. `palette` must have chosen them, and must outlive the encoder. */
void cfs_encoder_use_palette(cfs_encoder *encoder, cfs_palette *palette);

/* Sends a frame, or NULL to drain. A frame in the encoder's own format is sent by reference; others are converted, and
   uploaded if the encoder runs on a GPU. Blocks while the encoder is busy. `forced_key` requests a key frame; `finer`
   lowers the frame's quantiser by that many steps (x264). */
int cfs_encoder_send_frame(cfs_encoder *encoder, const cfs_frame *frame, int64_t index, int forced_key, int finer);

/* Sends interleaved stereo samples, or NULL to drain. */
int cfs_encoder_send_samples(cfs_encoder *encoder, const float *samples, int count, int64_t position);

/* Receives a packet. Returns CFS_OK, CFS_NEEDS_INPUT, CFS_FINISHED or a negative code. */
int cfs_encoder_receive(cfs_encoder *encoder, cfs_packet *packet);

/* Choose 256 colours from all the pictures of a video, one of them transparent if `alpha` is set: create, add each
   picture, choose. Free the palette with cfs_palette_free(). It keeps no picture. */
int cfs_palette_create(int width, int height, int alpha, cfs_palette **palette);
int cfs_palette_add(cfs_palette *palette, const cfs_frame *frame);
int cfs_palette_choose(cfs_palette *palette);
void cfs_palette_free(cfs_palette *palette);

/* ---- Held pictures (holds.c) ------------------------------------------------------------------------------------- */

/* Repeats pictures of an H.264 or VP9 stream without its encoder, which receives each held picture once, as an IDR
   picture or key frame. The output has one access unit per shown picture, at a constant rate. A repeat takes 10 to 20
   bytes (one in VP9) and almost no time, and decodes to exactly the pixels of the held picture. All other pictures
   decode as they would without repeats. */
typedef struct cfs_holds cfs_holds;

/* Creates a repeater for an encoder's stream, and copies what it needs of the parameter sets (for H.264, in Annex B).
   AVERROR(ENOTSUP): a stream in which repeats are not known to work, such as one in another format, interlaced, with a
   buffer model, with 10 bits or with key frames only; encode every picture instead. AVERROR_INVALIDDATA: no parameter
   sets, or damaged ones; every length is checked. Free it with cfs_holds_free(), which accepts NULL. On failure *holds
   is NULL. */
int cfs_holds_create(const cfs_encoder *encoder, cfs_holds **holds);
void cfs_holds_free(cfs_holds *holds);

/* Returns the parameter sets of the stream with repeats, which the muxer needs instead of the encoder's: the same sets
   and, for H.264, one more, in Annex B. They are followed by 64 zero bytes and owned by `holds`. Always returns 0. */
int cfs_holds_extradata(const cfs_holds *holds, const uint8_t **bytes, int *size);

/* Takes every packet of the encoder, in its order. Each holds one shown picture, for H.264 in Annex B. VP9 packets are
   only inspected. After a repeat and up to the next IDR picture, the bytes of H.264 packets are replaced (the old
   buffer is not written to); the rest of the packet is unchanged. On failure the packet and `holds` are unchanged.
   AVERROR_INVALIDDATA: not a picture of this stream, or not one whole picture. AVERROR(ENOTSUP): contains parts that
   are not known to work, such as other parameter sets than those given. */
int cfs_holds_pass(cfs_holds *holds, cfs_packet *packet);

/* Writes a repeat of the last picture passed to `packet`, releasing its previous contents. May be called any number of
   times. The picture must have been an IDR picture or, alone in its packet, a key frame of VP9's profile 0; otherwise
   returns AVERROR(EINVAL). A forced key frame is an IDR picture if libx264 has "forced-idr" set; not every key frame
   is. The repeat is shown after that picture and its other repeats, and decoded immediately after them. The caller sets
   pts, dts, duration and stream, and adds the number of repeats to both pts and dts of every packet passed later. */
int cfs_holds_repeat(cfs_holds *holds, cfs_packet *packet);

/* ---- Muxing (mux.c) --------------------------------------------------------------------------------------------- */

typedef struct cfs_muxer cfs_muxer;

typedef struct cfs_muxer_options {
    const char *format;          /* libav's name, such as "mp4" */
    const char *path;            /* a local path, never a URL: the file, or the folder if the format writes several */
    const char *index_name;      /* the file in that folder that refers to the others; NULL for a single file */
    const char *const *options;  /* as above */
} cfs_muxer_options;

int cfs_has_muxer(const char *name);

/* Creates a file. Free the muxer with cfs_muxer_free(), which closes the file as it is. */
int cfs_muxer_open(const cfs_muxer_options *options, cfs_muxer **muxer);
void cfs_muxer_free(cfs_muxer *muxer);
/* Adds a stream as its encoder currently describes it, and returns its number; two at most (checked). The encoder is
   not kept. Set `has_rate` if all pictures have the same duration; otherwise the stream is marked as having no rate. */
int cfs_muxer_add(cfs_muxer *muxer, const cfs_encoder *encoder, int has_rate);
/* Before the header: replaces the codec header that the encoder gave. The bytes are copied. */
int cfs_muxer_set_header(cfs_muxer *muxer, int stream, const uint8_t *header, int size);
/* Before the header: add a tag such as a title or comment, and a chapter with times in microseconds. */
int cfs_muxer_tag(cfs_muxer *muxer, const char *name, const char *value);
int cfs_muxer_add_chapter(cfs_muxer *muxer, int64_t start, int64_t end, const char *title);
int cfs_muxer_write_header(cfs_muxer *muxer);
/* Writes a packet and takes its contents. Blocks on the disk. */
int cfs_muxer_write(cfs_muxer *muxer, int stream, cfs_packet *packet);
/* Writes the index and closes the file. Blocks on the disk. */
int cfs_muxer_finish(cfs_muxer *muxer);

#ifdef __cplusplus
}
#endif
#endif
