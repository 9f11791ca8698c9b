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

/* Computes mix[i] += samples[i] × gain, with a linear gain from `from` (first sample) to `to` (the one after the
   last). */
void cfs_audio_mix(float *mix, const float *samples, int count, double from, double to);

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

/* ---- Another speed (speed.c) ---------- */

typedef struct cfs_speed cfs_speed;

/* Creates a converter of stereo floats to another speed, in millionths. Free it with cfs_speed_free(). */
int cfs_speed_create(int64_t millionths, cfs_speed **speed);
void cfs_speed_free(cfs_speed *speed);

/* Takes `in_count` samples, which it keeps as far as they do not fit, and writes up to `room`. NULL ends the input. */
int cfs_speed_convert(cfs_speed *speed, const float *in, int in_count, float *out, int room, int *got);

/* ---- Loudness (loudness.c) ---------- */

typedef struct cfs_loudness cfs_loudness;

/* Creates a meter of interleaved floats by EBU R128. Refuses numbers of channels outside of 1…64 and rates outside of
   1,000…768,000. Its memory grows by some 160 bytes a second. Free it with cfs_loudness_free(). */
int cfs_loudness_create(int channels, int rate, cfs_loudness **meter);
void cfs_loudness_free(cfs_loudness *meter);

/* Measures the next `count` samples of each channel, which must be finite. */
int cfs_loudness_add(cfs_loudness *meter, const float *samples, int count);

/* Return the loudness of everything so far, in LUFS, and -HUGE_VAL for silence; the loudness range in LU; and the loudness
   without gates of the last `milliseconds`, which are at most 3,000. */
double cfs_loudness_integrated(cfs_loudness *meter);
double cfs_loudness_range(cfs_loudness *meter);
double cfs_loudness_window(cfs_loudness *meter, int milliseconds);

/* Return the true peak of all samples so far, and of those of the last cfs_loudness_add(); 1 is full scale. */
double cfs_loudness_peak(cfs_loudness *meter);
double cfs_loudness_last_peak(cfs_loudness *meter);

#ifdef __cplusplus
}
#endif
#endif
