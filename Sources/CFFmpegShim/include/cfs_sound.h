/* SPDX-License-Identifier: Apache-2.0 */
/* Sound: reading and mixing (sound/). */
#ifndef CFS_SOUND_H
#define CFS_SOUND_H

#include <stddef.h>
#include <stdint.h>
#include "cfs_libav.h"
#include "cfs_system.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Sound (audio.c, packets.c) ---------- */

enum { CFS_SAMPLE_RATE = 48000, CFS_CHANNELS = 2 };

typedef struct cfs_audio cfs_audio;

/* Opens a sound file by its descriptor and takes ownership of the descriptor, even on failure. Tries only local
   container formats and codecs from a closed list, and never opens anything but this descriptor. `length` is the number
   of samples at 48 kHz that it gives, as cfs_audio_measure() found it; 0 gives what can be decoded. Blocks. Free with
   cfs_audio_free(). */
int cfs_audio_open(int fd, int64_t length, cfs_audio **audio);
void cfs_audio_free(cfs_audio *audio);

/* Finds the length in samples at 48 kHz, without what an encoder added: from the headers where they are exact, and from
   all packets where they are not; 0 if there is no sound. Afterwards only a seek makes the file readable. Blocks. */
int cfs_audio_measure(cfs_audio *audio, int64_t *length);

/* Returns the number of samples given as silence so far because they are damaged, and the place of the first. */
int64_t cfs_audio_lost(const cfs_audio *audio, int64_t *first);

/* Returns how many of them were no numbers, or more than 120 dB above full scale. */
int64_t cfs_audio_invalid(const cfs_audio *audio);

/* Returns the place of the file's time 0, by the clock that its streams share, in samples at 48 kHz from the first one. */
int64_t cfs_audio_origin(const cfs_audio *audio);

/* Return the names of the demuxer and the decoder. Static. */
const char *cfs_audio_format(const cfs_audio *audio);
const char *cfs_audio_codec(const cfs_audio *audio);

/* Reads up to `count` stereo samples as interleaved floats at 48 kHz; `*got` < count only at the end. Sound that begins
   after its file does, or that damage took, is silence, so that all else keeps its place. Blocks. */
int cfs_audio_read(cfs_audio *audio, float *samples, int count, int *got);

/* Reads `count` samples, or as many as there are, without returning them. Blocks. */
int cfs_audio_skip(cfs_audio *audio, int64_t count);

/* Seeks exactly to sample `position` (48 kHz, from the file's first sample). Blocks. */
int cfs_audio_seek(cfs_audio *audio, int64_t position);

/* ---- Mixing (mix.c) ---------- */

/* A value for each channel. */
typedef struct {
    double left, right;
} cfs_gains;

/* Computes mix[i] += samples[i] × (from + step × (first + i)), with a gain for each channel; it does not depend on where a
   line of gains is cut. The two do not overlap. */
void cfs_audio_mix(float *mix, const float *samples, int count, cfs_gains from, cfs_gains step, int first);

/* Computes mix[i] += samples[i]. The two do not overlap. */
void cfs_audio_sum(float *mix, const float *samples, int count);

/* Computes samples[i] ×= from + step × (first + i). */
void cfs_audio_scale(float *samples, int count, double from, double step, int first);

enum { CFS_FADE_LINEAR, CFS_FADE_EQUAL_POWER, CFS_FADE_LOGARITHMIC, CFS_FADE_S_CURVE };

/* Multiplies samples by a curve at the places from / length, (from + step) / length, … of a fade; `step` is 1 or -1, and
   `length` more than 0. */
void cfs_audio_fade(float *samples, int count, int curve, int64_t from, int step, int64_t length);

/* Returns the largest absolute value, and in `*over` how many values are above full scale, 1. */
float cfs_audio_peak(const float *samples, int count, int *over);

/* ---- The output's rate and channels (rate.c) ---------- */

/* Samples of the input that a sample of the output depends on, on each side of its place. */
enum { CFS_RATE_REACH = 64 };

typedef struct cfs_rate cfs_rate;

/* Creates a converter of stereo floats from 48 kHz to `rate`, 8,000…192,000 (checked). Free it with cfs_rate_free(), which
   accepts NULL. It keeps nothing from call to call, and may be used by several threads at once. */
int cfs_rate_create(int rate, cfs_rate **converter);
void cfs_rate_free(cfs_rate *converter);

/* Computes `out_count` samples from number `out_first` on, counted from the start of the sound at the output's rate. `in` has
   `in_count` samples from number `in_first` on, at 48 kHz; what it lacks is silence. Every sample follows from its place
   alone. */
void cfs_rate_convert(const cfs_rate *converter, const float *in, int64_t in_first, int in_count, float *out,
                      int64_t out_first, int out_count);

/* Replaces `count` stereo samples by half as many values, the mean of both channels. */
void cfs_sound_mono(float *samples, int count);

/* ---- Another speed (varispeed.c) ---------- */

typedef struct cfs_varispeed cfs_varispeed;

/* Creates an interpolator of stereo floats. Free it with cfs_varispeed_free(). */
int cfs_varispeed_create(cfs_varispeed **speed);
void cfs_varispeed_free(cfs_varispeed *speed);

/* The places in the source of a stretch of samples: fraction + step × n + growth / 2 × n², at a speed of at most `fastest`. */
typedef struct {
    double fraction, step, growth, fastest;
} cfs_line;

/* Returns how many samples to either side of a place have an influence, at a speed of at most `fastest`. */
int cfs_varispeed_reach(double fastest);

/* Writes the samples `first`, `first` + 1, … of a line, `count` of them; its place 0 is sample `base` of `in`. What is
   outside of the `in_count` samples is silence. */
void cfs_varispeed_read(const cfs_varispeed *speed, const float *in, int in_count, int base, const cfs_line *line, int first,
                        float *out, int count);

/* ---- Another speed with the pitch kept (stretch.c) ---------- */

typedef struct cfs_stretch cfs_stretch;

/* Returns whether this build has what it takes; without it, cfs_stretch_create() returns AVERROR(ENOSYS). */
int cfs_stretch_is_available(void);

/* Creates a stretcher of stereo floats, for a speed of 0.05…20. Free it with cfs_stretch_free(). */
int cfs_stretch_create(double speed, cfs_stretch **stretch);
void cfs_stretch_free(cfs_stretch *stretch);

/* Returns how many samples to push next, at most 1,024; 0 if some can be read. */
int cfs_stretch_wants(cfs_stretch *stretch);

/* Takes `count` samples, at most 1,024. */
int cfs_stretch_push(cfs_stretch *stretch, const float *samples, int count);

/* Writes up to `room` samples, of which the first is that of the first one pushed. */
int cfs_stretch_read(cfs_stretch *stretch, float *samples, int room, int *got);

/* ---- Effects (effects.c) ---------- */

typedef struct cfs_sound_effects cfs_sound_effects;

/* Returns whether a filter is one of those for effects, and this FFmpeg has it. */
int cfs_sound_effects_has(const char *filter);

/* Creates a chain of effects without any. Free it with cfs_sound_effects_free(). */
int cfs_sound_effects_create(cfs_sound_effects **effects);
void cfs_sound_effects_free(cfs_sound_effects *effects);

/* Adds a filter with `count` options, which it must know. Before cfs_sound_effects_configure() only. */
int cfs_sound_effects_add(cfs_sound_effects *effects, const char *filter, const char *const *names, const double *values, int count);

/* Adds a convolution with `count` samples, of which each channel has its own: what the chain makes of an impulse. The samples are
   copied; a chain has at most 16 of them. Before cfs_sound_effects_configure() only. */
int cfs_sound_effects_add_response(cfs_sound_effects *effects, const float *samples, int count);

/* Prepares the chain; refuses one that would change the rate or the channels. Only what follows may be called then. */
int cfs_sound_effects_configure(cfs_sound_effects *effects);

/* Takes `count` samples, all of them; 0 ends the input. */
int cfs_sound_effects_push(cfs_sound_effects *effects, const float *samples, int count);

/* Writes up to `room` samples; `*got` is 0 if more input is needed, or at the end. */
int cfs_sound_effects_read(cfs_sound_effects *effects, float *samples, int room, int *got);

/* ---- True peaks (limit.c) ---------- */

typedef struct cfs_limiter cfs_limiter;

/* Creates a limiter. Free it with cfs_limiter_free(). */
int cfs_limiter_create(cfs_limiter **limiter);
void cfs_limiter_free(cfs_limiter *limiter);

/* Return how many samples before and after those that it gives a limiter needs. */
int cfs_limiter_before(void);
int cfs_limiter_after(void);

/* Writes those of `count` samples that have enough others before and after them, turned down where their true peak would be
   above `ceiling`, which is more than 0. `*most` is the largest part that was taken away, 0…1. */
int cfs_limiter_run(cfs_limiter *limiter, const float *in, int count, float ceiling, float *out, float *most);

/* Returns the true peak of `count` samples, but for 12 at both ends: the largest value of four times as many; or `above`, if that
   is larger. The higher it is, the quicker. */
float cfs_limiter_peak(const cfs_limiter *limiter, const float *in, int count, float above);

/* ---- Encoded sound as it is heard (heard.c) ---------- */

struct cfs_encoder;
struct AVPacket;
typedef struct cfs_heard cfs_heard;

/* Creates a decoder of an opened encoder's packets, which needs it no longer afterwards. Free it with cfs_heard_free(). */
int cfs_heard_create(const struct cfs_encoder *encoder, cfs_heard **heard);
void cfs_heard_free(cfs_heard *heard);

/* Decodes a packet, which it does not keep; NULL ends the input. Read everything before the next one. */
int cfs_heard_send(cfs_heard *heard, const struct AVPacket *packet);

/* Writes up to `room` stereo samples at the encoder's rate; `*got` is 0 if more packets are needed, or at the end. */
int cfs_heard_read(cfs_heard *heard, float *samples, int room, int *got);

/* ---- Loudness (loudness.c) ---------- */

typedef struct cfs_loudness cfs_loudness;

/* Creates a meter of stereo floats by EBU R128, which measures true peaks only if `peaks` is not 0: they take most of the time.
   If `mono` is not 0, both channels are the same one, which counts once.
   Refuses rates outside of 1,000…768,000. Its memory grows by some 160 bytes a second. Free it with cfs_loudness_free(). */
int cfs_loudness_create(int rate, int peaks, int mono, cfs_loudness **meter);
void cfs_loudness_free(cfs_loudness *meter);

/* Measures the next `count` stereo samples, which must be finite. */
int cfs_loudness_add(cfs_loudness *meter, const float *samples, int count);

/* Return the loudness of everything so far, in LUFS, and -HUGE_VAL for silence; the loudness range in LU; and the loudness
   without gates of the last `milliseconds`, which are at most 3,000. */
double cfs_loudness_integrated(cfs_loudness *meter);
double cfs_loudness_range(cfs_loudness *meter);
double cfs_loudness_window(cfs_loudness *meter, int milliseconds);

/* Returns the true peak of all samples so far; 1 is full scale. */
double cfs_loudness_peak(cfs_loudness *meter);

#ifdef __cplusplus
}
#endif
#endif
