/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at finished files: packets as they are, measures of pictures and sound, pictures as PNG (check/). */
#ifndef CFS_CHECK_H
#define CFS_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include "cfs_pixels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Faults of sound (faults.c) ---------- */

enum cfs_sound_fault_kind {
    CFS_SILENT,    /* all samples are below -60 dB for the least duration; `value` is not used */
    CFS_CLIPPED,   /* three samples in a row are at full scale or above it; `value` is how many such samples there are */
    CFS_STEP,      /* a jump that nothing before and after it is like; `value` is its height, 1 is full scale */
};

/* A fault from sample `start` to `end`, which are at 48 kHz. */
typedef struct {
    int kind;
    int64_t start, end;
    double value;
} cfs_sound_fault;

/* A search of stereo sound at 48 kHz, which takes the same memory for any length. Used by one thread at a time. */
typedef struct cfs_sound_faults cfs_sound_faults;

/* Creates a search. `least_silence` is the shortest silence to find, in samples; `is_mono` says that both channels are the
   same, of which one is looked at then. Free it with cfs_sound_faults_free(). NULL: out of memory. */
cfs_sound_faults *cfs_sound_faults_create(int64_t least_silence, int is_mono);
void cfs_sound_faults_free(cfs_sound_faults *faults);

/* Adds `count` interleaved samples as cfs_audio_read() gives them, 0 at the end. Writes at most `room` faults in the order in
   which they end, and counts in `*found`; more than there is room for are left out, so a room of 64 is enough for 0.1 s. */
void cfs_sound_faults_add(cfs_sound_faults *faults, const float *samples, int count, cfs_sound_fault *list, int room,
                          int *found);

/* Finds the least and the greatest value, and the sum of the squares, of one channel of interleaved samples; `stride` is the
   distance between its samples. */
void cfs_sound_extent(const float *samples, int count, int stride, float *least, float *greatest, double *squares);

/* ---- Measures of pictures (measure.c) ---------- */

typedef struct {
    double mean;                /* of the luma, 0 black … 1 white by the picture's own range */
    double dark;                /* the part of the pixels, 0 … 1, whose luma is at most `black` */
    double brightest;           /* the mean luma of the brightest 16 × 16 pixels */
    double difference;          /* from the other picture: the mean of all planes' differences, 1 is full scale; -1: not alike */
    double greatest;            /* the same of the most different 16 × 16 samples of a plane */
} cfs_picture_values;

/* Measures a decoded picture, and compares it with another one if that has the same size and format; `other` may be NULL. `black`
   is 0 … 1 between black and white. Pictures in RGB are measured by their green. AVERROR(ENOMEM) is the only failure. */
int cfs_picture_measure(const cfs_picture *picture, const cfs_picture *other, double black, cfs_picture_values *values);

/* ---- Packets of any file (scan.c) ---------- */

/* A file whose packets are read in its order, without being decoded. Used by one thread at a time. */
typedef struct cfs_scan cfs_scan;

enum cfs_scan_kind { CFS_SCAN_OTHER, CFS_SCAN_VIDEO, CFS_SCAN_AUDIO, CFS_SCAN_SUBTITLE };

/* What a file says of a stream. Numbers are 0, and colours 2, where it says nothing. */
typedef struct {
    int kind;
    int is_cover;                     /* a picture beside the sound, and no video */
    int time_num, time_den;           /* the unit of its times, in seconds */
    int64_t duration;                 /* in that unit; CFS_SCAN_NO_TIME if unknown */
    int width, height, pixel_width, pixel_height, depth;
    int chroma_width, chroma_height;  /* how many luma samples share a chroma sample: 2 and 2 in 4:2:0; 0 if there is no chroma */
    int is_interlaced;
    int rate_num, rate_den;           /* the average number of pictures a second that the container states */
    /* ITU-T H.273, and FFmpeg's numbers of the range (1 limited, 2 full): what the container alone says, and what is known in all */
    int container_matrix, container_primaries, container_transfer, container_range;
    int matrix, primaries, transfer, range;
    int has_turn;                     /* a display matrix (ISO 14496-12, 8.3.2), */
    int32_t turn[9];                  /* which is this */
    int sample_rate, channels;
} cfs_scan_stream;

#define CFS_SCAN_NO_TIME INT64_MIN

enum cfs_scan_text { CFS_SCAN_FORMAT, CFS_SCAN_CODEC, CFS_SCAN_PROFILE, CFS_SCAN_PIXELS };

typedef struct {
    int stream;
    int64_t time, decode_time;   /* in the stream's unit; CFS_SCAN_NO_TIME if unknown */
    int64_t duration;            /* 0 if unknown */
    int64_t samples;             /* that a packet of sound holds by its codec; 0 if unknown */
    int64_t skipped;             /* the samples at its start that are not heard */
    int size;
    int is_hidden, is_corrupt;
} cfs_scan_packet;

/* Opens a file of one of the formats that are known, and takes ownership of the descriptor, even on failure. It opens no other
   file. Blocks on the disk. Free it with cfs_scan_free(). */
int cfs_scan_open(int fd, cfs_scan **scan);
void cfs_scan_free(cfs_scan *scan);

int cfs_scan_stream_count(const cfs_scan *scan);
/* `index` is below the count. */
void cfs_scan_get_stream(const cfs_scan *scan, int index, cfs_scan_stream *stream);
/* Copies a name to `text`, at most `size` bytes with the terminating 0; empty if there is none. */
void cfs_scan_get_text(const cfs_scan *scan, int index, enum cfs_scan_text which, char *text, size_t size);
/* The number of the stream that counts as the file's video or sound, as readers of pictures and sound choose it too; -1: none. */
int cfs_scan_best(const cfs_scan *scan, enum cfs_scan_kind kind);
/* The container's duration in microseconds; CFS_SCAN_NO_TIME if it states none. */
int64_t cfs_scan_duration(const cfs_scan *scan);

/* Reads the next packet of any stream. CFS_FINISHED: there are no more. Damage in the container is passed over where that is
   possible, and counted by cfs_scan_failures(). Blocks on the disk. */
int cfs_scan_next(cfs_scan *scan, cfs_scan_packet *packet);
int64_t cfs_scan_failures(const cfs_scan *scan);

/* ---- Pictures as PNG (png.c) ---------- */

/* Encodes pixels of four bytes, red, green, blue and straight alpha, as a PNG file. Free the bytes with cfs_png_free(). The sides
   are 1 … 32767 (checked). */
int cfs_png_encode(const uint8_t *pixels, int width, int height, uint8_t **bytes, size_t *size);
void cfs_png_free(uint8_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
