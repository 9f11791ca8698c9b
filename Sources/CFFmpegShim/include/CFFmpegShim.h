/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The render core: every access to FFmpeg and zimg, and the pixel kernels.
 *
 * No FFmpeg header is included here, so no FFmpeg struct is visible to Swift: field offsets differ between FFmpeg's major
 * versions, and all such differences (5.1 … 9) are settled in the .c files beside this header.
 *
 * Unless a function says otherwise:
 *   - it returns 0, or a negative AVERROR code; cfs_error_text() puts that into words;
 *   - it does not block, does not log by itself, and frees nothing it is given;
 *   - objects may move between threads but are used by one at a time;
 *   - pictures are 8-bit planar 4:2:0, BT.709, limited range, chroma sited left (MPEG-2); sizes are in luma pixels;
 *   - a pointer result is owned by the caller and freed by the function named with it.
 */
#ifndef CFFMPEGSHIM_H
#define CFFMPEGSHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Answers of calls that pull or push: flow is not an error. */
enum {
    CFS_OK = 0,
    CFS_NEEDS_INPUT = 1,   /* nothing to give before more is sent */
    CFS_FINISHED = 2,      /* nothing will come any more */
};

/* ---- Libraries, errors, log (support.c) ------------------------------------------------------------------------- */

/* FFmpeg's own version text, such as "5.1.9-0+deb12u1". Static. */
const char *cfs_ffmpeg_version(void);

/* Compares each library's major version at run time with the one compiled against. Returns 0 if all agree; otherwise -1
   and a sentence naming the library and both versions in `message`, cut to `size` bytes. */
int cfs_check_libraries(char *message, size_t size);

/* Whether this processor has AVX-512, as far as this library and x264 use it. */
int cfs_cpu_has_avx512(void);

/* Whether this FFmpeg has an encoder of that name. */
int cfs_has_encoder(const char *name);

/* Writes strerror's or libav's words for a negative status into `text`, at most `size` bytes with the final 0. */
void cfs_error_text(int status, char *text, size_t size);

int cfs_error_is_no_space(int status);

/* Called with each finished line of libav's log, without its line end; from any thread, several at once. */
typedef void (*cfs_log_sink)(int level, const char *line);

/* Replaces libav's log callback for the whole process. `level` is libav's (16 errors, 24 warnings, 32 information). */
void cfs_log_install(cfs_log_sink sink, int level);

/* What libav logged on this thread since cfs_log_forget(), warnings and errors: the last line, and all lines with line ends
   between them, as far as they fit into 2 KB. "" if none. Valid until the next libav call on this thread. */
const char *cfs_log_last(void);
const char *cfs_log_lines(void);
void cfs_log_forget(void);

/* Keeps what libav logs on this thread from the sink; cfs_log_lines() has it still. */
void cfs_log_hush(int hushed);

/* ---- Files (file.c) --------------------------------------------------------------------------------------------- */

/* Codes of our own, beside AVERROR's. */
enum { CFS_NOT_REGULAR = -100001, CFS_TOO_LARGE = -100002, CFS_CHANGED = -100003, CFS_CUT_SHORT = -100004 };

/* Opens a regular file for reading. Never blocks on a FIFO or device: anything but a regular file is CFS_NOT_REGULAR.
   Returns a descriptor to be closed with cfs_file_close(), or a negative code. */
int cfs_file_open(const char *path, int64_t *size, int64_t *modified_ns, uint64_t *inode);
void cfs_file_close(int fd);

/* Reads up to `size` bytes from the start of the file; `*got` is what there was. May block on the disk. */
int cfs_file_read(int fd, uint8_t *bytes, size_t size, size_t *got);

/* Flushes a file, or a folder's entries, to the disk. Blocks until that is done. */
int cfs_file_sync(const char *path);

/* Writes a new file; one that is there already is refused. Blocks on the disk. */
int cfs_file_write(const char *path, const uint8_t *bytes, size_t size);
/* The same, with a lock on the file as cfs_file_lock() takes it, and through the lock's own descriptor, which some network file
   systems insist on. Returns the descriptor, to be closed with cfs_file_close(). */
int cfs_file_write_held(const char *path, const uint8_t *bytes, size_t size);

/* Puts a file in another's place, at once or not at all. */
int cfs_file_rename(const char *from, const char *to);

/* Whether this process may read and write the path: 0, or a negative code such as AVERROR(ENOENT) or AVERROR(EACCES). */
int cfs_file_access(const char *path);
int cfs_error_is_missing(int status);

/* Removes a file; that it is not there is no failure. */
int cfs_file_remove(const char *path);

/* Takes a lock on a file or folder that other processes, and other descriptors of this one, see: a descriptor, to be closed
   with cfs_file_close(), which ends it; or a negative code, AVERROR(EAGAIN) where somebody else holds it. A missing file is
   created if `create` says so. Never waits. */
int cfs_file_lock(const char *path, int create);
int cfs_error_is_busy(int status);
int cfs_error_is_unsupported(int status);

/* Sets a file's time of last change to now. */
int cfs_file_touch(const char *path);

/* SHA-256 of bytes, 32 of them. 0 or AVERROR(ENOMEM). */
int cfs_sha256(const uint8_t *bytes, size_t size, uint8_t *digest);

/* MurmurHash3 of bytes, 16 of them: ten times as quick, and good for noticing damage only. 0 or AVERROR(ENOMEM). */
int cfs_checksum(const uint8_t *bytes, size_t size, uint8_t *checksum);

/* The largest amount of memory this process has had resident, in bytes, and the CPU time it has used, in seconds. */
void cfs_process_usage(int64_t *peak_bytes, double *cpu_seconds);

/* Gives memory that was freed back to the system. Takes a few milliseconds; does nothing where the C library cannot. */
void cfs_memory_trim(void);
/* From now on, blocks of 4 MiB and more go back to the system when they are freed, in all of the process: glibc keeps more of
   them the larger those were that it saw. Does nothing where the C library cannot. */
void cfs_memory_return_blocks(void);

/* ---- Frames (frame.c) ------------------------------------------------------------------------------------------- */

struct AVFrame;
typedef struct AVFrame cfs_frame;
typedef struct cfs_pool cfs_pool;

enum cfs_format {
    CFS_OPAQUE = 0,   /* yuv420p */
    CFS_ALPHA = 1,    /* yuva420p; straight alpha unless said otherwise */
};

/* A pool of frames of one size and format. Frames outlive the pool. Free with cfs_pool_free(). NULL: out of memory.
   Thread-safe: cfs_pool_get() may be called from several threads. */
cfs_pool *cfs_pool_create(int format, int width, int height);
void cfs_pool_free(cfs_pool *pool);

/* A writable frame with undefined pixels; free with cfs_frame_free(). NULL: out of memory. */
cfs_frame *cfs_pool_get(cfs_pool *pool);

/* Another reference to the same pixels; no pixel is copied. NULL: out of memory. */
cfs_frame *cfs_frame_share(const cfs_frame *frame);
void cfs_frame_free(cfs_frame *frame);

int cfs_frame_width(const cfs_frame *frame);
int cfs_frame_height(const cfs_frame *frame);
int cfs_frame_format(const cfs_frame *frame);

/* The first byte of plane `index` (Y, U, V, A) and its row stride in bytes; NULL if there is no such plane. */
uint8_t *cfs_frame_plane(const cfs_frame *frame, int index, ptrdiff_t *stride);

/* Sets every pixel. `alpha` is ignored for opaque frames. */
void cfs_frame_fill(cfs_frame *frame, int y, int u, int v, int alpha);

/* ---- Still pictures (picture.c) --------------------------------------------------------------------------------- */

/* A decoded picture in planes, of any depth and subsampling, as it came out of the file. */
typedef struct cfs_picture cfs_picture;

enum cfs_image_codec { CFS_JPEG, CFS_PNG, CFS_WEBP, CFS_GIF, CFS_TIFF, CFS_BMP };

/* Decodes one picture held in memory. The `size` bytes must be followed by 64 readable zero bytes. Decoders are told to
   refuse damaged data and more than `max_pixels` pixels. `reduce` asks a JPEG for 1/2^reduce of its size (0…3), which its
   decoder does at less cost than decoding it whole; other formats ignore it. Blocks while decoding. Free the picture with
   cfs_picture_free(). CFS_CUT_SHORT: the data end before a picture does. */
int cfs_picture_decode(const uint8_t *bytes, size_t size, enum cfs_image_codec codec, int64_t max_pixels, int reduce,
                       cfs_picture **picture);
void cfs_picture_free(cfs_picture *picture);

int cfs_picture_width(const cfs_picture *picture);
int cfs_picture_height(const cfs_picture *picture);
int cfs_picture_has_alpha(const cfs_picture *picture);

/* Turns the picture upright. `orientation` is EXIF's, 1 … 8. */
int cfs_picture_orient(cfs_picture *picture, int orientation);

/* ---- Colour and size conversion by zimg (convert.c) ------------------------------------------------------------- */

/* A part of a picture, in its own pixels; fractions are honoured. Lies inside the picture. */
typedef struct cfs_region { double left, top, width, height; } cfs_region;

/* Converts a part of a picture to the working format at the size of `frame`: one Catmull-Rom resize with antialiasing and
   one matrix and range conversion. Untagged RGB is sRGB; JPEG is full-range BT.601, WebP limited-range BT.601. An alpha
   frame becomes premultiplied (Y−16, U−128 and V−128 times alpha); an opaque frame drops the picture's alpha. */
int cfs_convert(const cfs_picture *picture, cfs_region region, cfs_frame *frame);

/* ---- Moving pictures by our own resampler (resample.c) ---------------------------------------------------------- */

typedef struct cfs_resampler cfs_resampler;

/* Scratch space that is reused from frame to frame. Free with cfs_resampler_free(). NULL: out of memory. */
cfs_resampler *cfs_resampler_create(void);
void cfs_resampler_free(cfs_resampler *resampler);

/* An axis-aligned map from output to source, in luma pixels: source = scale × output + offset, pixel k covering k … k+1. */
typedef struct cfs_axis { double scale, offset; } cfs_axis;

/* Draws `source` into the whole of `target`, Catmull-Rom, widened where it shrinks; edges are extended outwards. Planes
   that both have are drawn. The result is the same on every CPU. -ENOMEM is the only failure. */
int cfs_resample(cfs_resampler *resampler, const cfs_frame *source, cfs_frame *target, cfs_axis x, cfs_axis y);

/* Caps the instruction set the kernels use (0 plain C, 1 AVX2, 2 AVX-512), for tests that compare them. Process-wide. */
void cfs_limit_simd(int level);

/* ---- Layers and masks (layer.c, mask.c) ------------------------------------------------------------------------- */

/* Makes a layer out of what cfs_resample() drew into an alpha frame: turns premultiplied colours straight where
   `premultiplied` is set (else alpha is taken as solid), then multiplies alpha by `opacity` (0…1) and by how much of each
   pixel lies in the rectangle left…right × top…bottom, in the frame's pixels. */
void cfs_layer_finish(cfs_frame *frame, int premultiplied, double left, double top, double right, double bottom,
                      double opacity);

/* Makes of a picture's copy the same in white, premultiplied: what it covers, and how much. `target` has the source's size and
   format. */
void cfs_frame_matte(const cfs_frame *source, cfs_frame *target);

/* Makes one picture with alpha of two opaque ones: what was composed over black, and what the same in white covers. */
void cfs_frame_join(const cfs_frame *colour, const cfs_frame *matte, cfs_frame *target);

/* Mixes `amount` (0…1) of a colour into the frame's Y, U and V; alpha stays. */
void cfs_frame_tint(cfs_frame *frame, int y, int u, int v, double amount);

/* Copies the pixels of `source` into `target`, which has the same size and at least its planes. */
int cfs_frame_copy(const cfs_frame *source, cfs_frame *target);

/* A grey map: for each pixel the moment of a transition, 0 … 65535, at which it changes. */
typedef struct cfs_map cfs_map;

enum cfs_map_shape {
    CFS_MAP_RIGHT, CFS_MAP_LEFT, CFS_MAP_DOWN, CFS_MAP_UP,
    CFS_MAP_DOWN_RIGHT, CFS_MAP_DOWN_LEFT, CFS_MAP_UP_RIGHT, CFS_MAP_UP_LEFT,
    CFS_MAP_CIRCLE_OPEN, CFS_MAP_CIRCLE_CLOSE, CFS_MAP_CLOCK, CFS_MAP_BARN_DOORS, CFS_MAP_DISSOLVE,
};

/* A map computed for a canvas, or made from the luma of a canvas-sized frame. Free with cfs_map_free(); NULL: out of
   memory. A map is never changed, so several threads may use it at once. */
cfs_map *cfs_map_create(enum cfs_map_shape shape, int width, int height);
cfs_map *cfs_map_from_frame(const cfs_frame *frame);
void cfs_map_free(cfs_map *map);

/* Draws the map's mask at `progress` 0…1 into an opaque frame of its size: 0 keeps the first picture, 255 shows the second.
   `softness` 0…1 is the width of the edge as a part of the way. All 0 at progress 0 and all 255 at 1. */
void cfs_mask_draw(const cfs_map *map, double progress, double softness, cfs_frame *mask);

/* ---- Composition by libavfilter (graph.c) ----------------------------------------------------------------------- */

typedef struct cfs_graph cfs_graph;

/* An empty graph. Free with cfs_graph_free(). Nodes are numbered in the order they are added. */
cfs_graph *cfs_graph_create(void);
void cfs_graph_free(cfs_graph *graph);

/* Each adds a node and returns its number, or a negative code. Every node's output is used exactly once. */
int cfs_graph_add_input(cfs_graph *graph, int format, int width, int height);
int cfs_graph_add_overlay(cfs_graph *graph, int base, int layer, int x, int y);
int cfs_graph_add_merge(cfs_graph *graph, int from, int to, int mask);

/* A Gaussian blur of the given standard deviation in pixels. */
int cfs_graph_add_blur(cfs_graph *graph, int input, double sigma);

/* Ends the graph at node `output` and checks it. Refuses (AVERROR_BUG) a graph into which libavfilter put a conversion of
   its own, or whose result is not of the given format and size. */
int cfs_graph_configure(cfs_graph *graph, int output, int format, int width, int height);

/* Moves an overlay from the next frame on. Both are even. */
int cfs_graph_move(cfs_graph *graph, int overlay, int x, int y);

/* Gives an input its frame for time `index`. The frame is taken over, also on failure: one that nobody else shares is
   drawn into where it is, without a copy. */
int cfs_graph_push(cfs_graph *graph, int input, cfs_frame *frame, int64_t index);

/* Takes the finished frame, to be freed with cfs_frame_free(). Blocks while filters run. */
int cfs_graph_pull(cfs_graph *graph, cfs_frame **frame);

/* ---- Sound (audio.c) -------------------------------------------------------------------------------------------- */

enum { CFS_SAMPLE_RATE = 48000, CFS_CHANNELS = 2 };

typedef struct cfs_audio cfs_audio;

/* Opens a sound file on a descriptor, which it takes over also when it fails. Only local container formats and codecs from
   a closed list are tried, and nothing but this descriptor is ever opened. Blocks. Free with cfs_audio_free(). */
int cfs_audio_open(int fd, cfs_audio **audio);
void cfs_audio_free(cfs_audio *audio);

/* Length in samples at 48 kHz, as the container states it; 0 if it does not. */
int64_t cfs_audio_length(const cfs_audio *audio);
/* The demuxer's and the decoder's names. Static. */
const char *cfs_audio_format(const cfs_audio *audio);
const char *cfs_audio_codec(const cfs_audio *audio);

/* Reads up to `count` stereo samples, interleaved floats at 48 kHz; `*got` < count only at the end. Blocks. */
int cfs_audio_read(cfs_audio *audio, float *samples, int count, int *got);

/* Goes to sample `position` (48 kHz, from the file's first sample), exactly. Blocks. */
int cfs_audio_seek(cfs_audio *audio, int64_t position);

/* mix[i] += samples[i] × gain, gain going evenly from `from` (first sample) to `to` (the one after the last). */
void cfs_audio_mix(float *mix, const float *samples, int count, double from, double to);

/* The largest absolute value. */
float cfs_audio_peak(const float *samples, int count);

/* ---- Encoding (device.c, encode.c, palette.c) -------------------------------------------------------------------- */

struct AVBufferRef;
typedef struct AVBufferRef cfs_device;

enum cfs_device_kind { CFS_CUDA, CFS_VAAPI };

/* Whether the system finds a shared library of that name. It stays loaded. */
int cfs_library_loads(const char *name);

/* How many processors CUDA's driver sees. Returns the driver's error, 0 for none; -1 if there is no driver. */
int cfs_cuda_count(int *count);

/* Opens a graphics processor: CUDA's by its number as text, VA-API's by the path of its render node. Free with
   cfs_device_free(); encoders hold it themselves. May take a tenth of a second. */
int cfs_device_open(enum cfs_device_kind kind, const char *name, cfs_device **device);
void cfs_device_free(cfs_device *device);

/* Whether its driver lists any way to encode. Always 1 for CUDA, whose driver says so only when a session is opened. */
int cfs_device_encodes(const cfs_device *device);

struct AVPacket;
typedef struct AVPacket cfs_packet;
typedef struct AVBufferRef cfs_bytes;

/* A copy of bytes that packets can be parts of, which keep what is left of it alive. NULL if out of memory. */
cfs_bytes *cfs_bytes_copy(const uint8_t *bytes, size_t size);
void cfs_bytes_free(cfs_bytes *bytes);
typedef struct cfs_encoder cfs_encoder;
typedef struct cfs_palette cfs_palette;

cfs_packet *cfs_packet_create(void);
void cfs_packet_free(cfs_packet *packet);
int64_t cfs_packet_size(const cfs_packet *packet);
/* The packet's bytes, valid until it is written or freed. */
const uint8_t *cfs_packet_bytes(const cfs_packet *packet);
/* When it is shown, in frames or samples; before it is written. */
int64_t cfs_packet_time(const cfs_packet *packet);
/* When it is decoded; as above. */
int64_t cfs_packet_decode_time(const cfs_packet *packet);
/* libav's AV_PKT_FLAG_*: whether it is a key frame, and whether others need it, which some containers say too. */
int cfs_packet_flags(const cfs_packet *packet);
/* Makes an empty packet one of `size` of these bytes, from `offset` on, which it shares. */
int cfs_packet_share(cfs_packet *packet, const cfs_bytes *bytes, size_t offset, int size, int flags);
/* Says when a picture is shown and decoded, and how long it lasts, in frames. */
void cfs_packet_place(cfs_packet *packet, int64_t time, int64_t decode_time, int64_t duration);
/* The same for sound, in samples. */
int64_t cfs_packet_duration(const cfs_packet *packet);
void cfs_packet_time_sound(cfs_packet *packet, int64_t time, int64_t duration);
/* What comes with a packet beside its bytes, such as samples to be skipped: how many things, and each by its number, valid as
   long as the packet; and adds one, whose bytes are copied. */
int cfs_packet_side_count(const cfs_packet *packet);
size_t cfs_packet_side(const cfs_packet *packet, int index, int *type, const uint8_t **bytes);
int cfs_packet_add_side(cfs_packet *packet, int type, const uint8_t *bytes, size_t size);

typedef struct cfs_video_options {
    const char *encoder;         /* libav's name, such as "libx264" */
    const char *pixel_format;    /* what it is fed, by libav's name; working frames are converted where it is another */
    int width, height;
    int rate_num, rate_den;      /* frames per second */
    int threads;                 /* fixed by the plan, so that the result does not depend on the machine */
    int keyframe_interval;       /* frames; 0 leaves it to the encoder */
    cfs_device *device;          /* where it runs; NULL for the CPU. Lent for the call. */
    const char *const *options;  /* name, value, name, value, …, NULL; each must be known to the encoder */
} cfs_video_options;

/* Opens an encoder; free with cfs_encoder_free(). May take milliseconds, with hardware a tenth of a second. */
int cfs_encoder_open_video(const cfs_video_options *options, cfs_encoder **encoder);

/* Opens an encoder for stereo at 48 kHz: "aac", "libmp3lame", "libopus", "flac" or "pcm_s24le"; the last two keep 24 bits
   and have no bitrate. */
int cfs_encoder_open_audio(const char *name, int bitrate, cfs_encoder **encoder);
void cfs_encoder_free(cfs_encoder *encoder);

/* Samples an audio encoder takes at a time; 0: any number. */
int cfs_encoder_frame_size(const cfs_encoder *encoder);

/* What decoders have to know before the first packet; empty where that is nothing, or comes with the first packet. Valid until
   the encoder is freed. */
int cfs_encoder_header(const cfs_encoder *encoder, const uint8_t **bytes);

/* How many frames decoding runs ahead of showing, as far as the encoder says so when it is opened. */
int cfs_encoder_delay(const cfs_encoder *encoder);

/* Feeds the encoder pictures in 256 colours: `palette` must have chosen them, and outlive the encoder. */
void cfs_encoder_use_palette(cfs_encoder *encoder, cfs_palette *palette);

/* Sends a frame, or NULL to drain. A frame in the encoder's own format is sent by reference; others are converted, and go up
   to the graphics processor where the encoder runs there. Blocks while the encoder is busy. `forced_key` asks for a key
   frame; `finer` for so many quantiser steps less than it would have (x264). */
int cfs_encoder_send_frame(cfs_encoder *encoder, const cfs_frame *frame, int64_t index, int forced_key, int finer);

/* Sends interleaved stereo samples, or NULL to drain. */
int cfs_encoder_send_samples(cfs_encoder *encoder, const float *samples, int count, int64_t position);

/* Takes a packet: CFS_OK, CFS_NEEDS_INPUT or CFS_FINISHED, or a negative code. */
int cfs_encoder_receive(cfs_encoder *encoder, cfs_packet *packet);

/* Chooses 256 colours, one of them clear with `alpha`, from all the pictures it is shown: create, add each picture, choose.
   Free with cfs_palette_free(). Holds no picture. */
int cfs_palette_create(int width, int height, int alpha, cfs_palette **palette);
int cfs_palette_add(cfs_palette *palette, const cfs_frame *frame);
int cfs_palette_choose(cfs_palette *palette);
void cfs_palette_free(cfs_palette *palette);

/* ---- Held pictures (holds.c) ------------------------------------------------------------------------------------- */

/* Repeats pictures of an H.264 or VP9 stream without its encoder, which is fed each held picture once, as an IDR picture or
   key frame. What comes out has one access unit per shown picture, at a constant rate. A repeat takes 10 to 20 bytes, in VP9
   one, and next to no time, and decodes to the held picture's very pixels; all other pictures decode to what they would
   have. */
typedef struct cfs_holds cfs_holds;

/* For what an encoder makes; copies what it needs of its parameter sets, H.264's in Annex B. AVERROR(ENOTSUP): a stream in
   which repeats are not known to work, such as one of another format, an interlaced one, one with a buffer model, 10 bits or
   nothing but key frames; encode every picture instead. AVERROR_INVALIDDATA: not parameter sets, or damaged ones; every length
   is checked. Free with cfs_holds_free(), which takes NULL too. On failure *holds is NULL. */
int cfs_holds_create(const cfs_encoder *encoder, cfs_holds **holds);
void cfs_holds_free(cfs_holds *holds);

/* The parameter sets of the stream with repeats, which the muxer must have instead of the encoder's: the same, and in H.264 one
   more, in Annex B. Followed by 64 zero bytes; owned by `holds`. Always 0. */
int cfs_holds_extradata(const cfs_holds *holds, const uint8_t **bytes, int *size);

/* Takes every packet of the encoder, in its order: one shown picture, H.264 in Annex B. VP9's are only looked at. H.264's after
   repeats have their bytes replaced, never written to, up to the next IDR picture; all else of the packet stays. On failure the packet and `holds` are as they were.
   AVERROR_INVALIDDATA: not a picture of this stream, or not one whole picture; AVERROR(ENOTSUP): with parts that are not known
   to work, such as other parameter sets than those given. */
int cfs_holds_pass(cfs_holds *holds, cfs_packet *packet);

/* Makes a repeat of the picture that was passed last, which must have been an IDR picture or, alone in its packet, a key frame
   of VP9's profile 0 (else AVERROR(EINVAL)); any number of times. A forced key frame is one if libx264 was told so
   ("forced-idr"); not every key frame is. The repeat is shown after that picture and its other repeats, and is decoded at once
   after them. Whatever was in `packet` is let go of; pts, dts, duration and stream are the caller's to set, and so is it to
   move those of every packet passed later, both pts and dts, by the number of repeats. */
int cfs_holds_repeat(cfs_holds *holds, cfs_packet *packet);

/* ---- Muxing (mux.c) --------------------------------------------------------------------------------------------- */

typedef struct cfs_muxer cfs_muxer;

typedef struct cfs_muxer_options {
    const char *format;          /* libav's name, such as "mp4" */
    const char *path;            /* a local path, never a URL: the file, or the folder of a format that writes several */
    const char *index_name;      /* the file in that folder that names the others; NULL for a single file */
    const char *const *options;  /* as above */
} cfs_muxer_options;

int cfs_has_muxer(const char *name);

/* Creates a file. Free with cfs_muxer_free(), which closes it as it is. */
int cfs_muxer_open(const cfs_muxer_options *options, cfs_muxer **muxer);
void cfs_muxer_free(cfs_muxer *muxer);
/* Adds a stream as an encoder describes it now, and returns its number; two at most. The encoder is not kept. Pictures that
   do not all last as long as each other are said to come at no rate. */
int cfs_muxer_add(cfs_muxer *muxer, const cfs_encoder *encoder, int has_rate);
/* Before the header: what decoders have to know first, in the place of what the encoder said. The bytes are copied. */
int cfs_muxer_set_header(cfs_muxer *muxer, int stream, const uint8_t *header, int size);
/* Before the header: a title, comment, …; and a chapter, its times in microseconds. */
int cfs_muxer_tag(cfs_muxer *muxer, const char *name, const char *value);
int cfs_muxer_add_chapter(cfs_muxer *muxer, int64_t start, int64_t end, const char *title);
int cfs_muxer_write_header(cfs_muxer *muxer);
/* Writes a packet, whose contents it takes. Blocks on the disk. */
int cfs_muxer_write(cfs_muxer *muxer, int stream, cfs_packet *packet);
/* Writes the index and closes the file. Blocks on the disk. */
int cfs_muxer_finish(cfs_muxer *muxer);

#ifdef __cplusplus
}
#endif
#endif
