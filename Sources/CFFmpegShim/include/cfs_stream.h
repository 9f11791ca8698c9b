/* SPDX-License-Identifier: Apache-2.0 */
/* Streams: encoding, held pictures and muxing (stream/). */
#ifndef CFS_STREAM_H
#define CFS_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include "cfs_libav.h"
#include "cfs_system.h"
#include "cfs_pixels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Encoding (device.c, encode.c, palette.c) ---------- */

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

/* ---- Joining sound that several encoders made (sound/seam.c) ---------- */

enum cfs_carry_codec { CFS_CARRY_AAC, CFS_CARRY_MP3, CFS_CARRY_OPUS };
enum { CFS_CARRY_UNKNOWN = -1 };

/* Returns what a decoder of the packet after this one needs of it, as a number of 0 and more: two streams may be joined
   behind packets of the same time for which it is equal, and each sample is then the sum of parts that fit. Returns
   CFS_CARRY_UNKNOWN if the packet does not tell. All lengths are checked. Does not block. */
int64_t cfs_packet_carry(const cfs_packet *packet, enum cfs_carry_codec codec);

/* Gives a frame of FLAC with a fixed block size another number, with its sums, in a new buffer of the packet. `number` is
   below 2³¹. AVERROR_INVALIDDATA: no such frame; every length is checked. On failure the packet is unchanged. */
int cfs_packet_number_flac(cfs_packet *packet, uint32_t number);

/* ---- Encoders (open.c, encode.c) ---------- */

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

/* Opens an encoder for sound of one or two channels: "aac", "libmp3lame", "libopus", "flac" or "pcm_s24le". The last two
   keep 24 bits and ignore the bitrate. AVERROR(EINVAL): a rate or number of channels that it does not take. LAME fits each frame into its own bytes, so that frames of several encoders can follow each
   other. */
int cfs_encoder_open_audio(const char *name, int bitrate, int rate, int channels, cfs_encoder **encoder);
void cfs_encoder_free(cfs_encoder *encoder);

/* Returns the number of samples an audio encoder takes at a time; 0 means any number. */
int cfs_encoder_frame_size(const cfs_encoder *encoder);

/* Returns the number of samples by which an audio encoder's output is later than its input. */
int cfs_encoder_padding(const cfs_encoder *encoder);

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

/* Sends `count` samples of each of the encoder's channels, interleaved, or NULL to drain. */
int cfs_encoder_send_samples(cfs_encoder *encoder, const float *samples, int count, int64_t position);

/* Receives a packet. Returns CFS_OK, CFS_NEEDS_INPUT, CFS_FINISHED or a negative code. */
int cfs_encoder_receive(cfs_encoder *encoder, cfs_packet *packet);

/* Choose 256 colours from all the pictures of a video, one of them transparent if `alpha` is set: create, add each
   picture, choose. Free the palette with cfs_palette_free(). It keeps no picture. */
int cfs_palette_create(int width, int height, int alpha, cfs_palette **palette);
int cfs_palette_add(cfs_palette *palette, const cfs_frame *frame);
int cfs_palette_choose(cfs_palette *palette);
void cfs_palette_free(cfs_palette *palette);

/* ---- Held pictures (holds.c) ---------- */

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

/* ---- Muxing (mux.c) ---------- */

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
/* Adds a stream as its encoder currently describes it, and returns its number: one of pictures, and at most CFS_MOST_SOUNDS of
   sound; AVERROR(EINVAL) for more streams than fit. The encoder is not kept. Set `has_rate` if all pictures have the same duration; otherwise the stream is marked as having no rate. */
int cfs_muxer_add(cfs_muxer *muxer, const cfs_encoder *encoder, int has_rate);

enum cfs_text_codec { CFS_MOV_TEXT, CFS_SUBRIP, CFS_WEBVTT };
enum { CFS_MOST_TEXTS = 32, CFS_MOST_SOUNDS = 32 };
/* Before the header: adds a track of captions, and returns its number; at most CFS_MOST_TEXTS (checked). `language` is of
   ISO 639-2/T, `name` may be NULL. Packets have times in milliseconds. The strings are copied. */
int cfs_muxer_add_text(cfs_muxer *muxer, enum cfs_text_codec codec, const char *language, const char *name,
                       int is_default);
/* Before the header: gives a stream a language of ISO 639-2/T and a name, which may be NULL. Exactly one of the tracks of a kind
   should be the default. The strings are copied. */
int cfs_muxer_describe(cfs_muxer *muxer, int stream, const char *language, const char *name, int is_default);
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
