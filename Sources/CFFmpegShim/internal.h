/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations shared by the shim's files, and differences between FFmpeg versions. */
#ifndef CFS_INTERNAL_H
#define CFS_INTERNAL_H

#include "CFFmpegShim.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/buffer.h>
#include <libavutil/frame.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

/* A picture's planes in the layout that zimg and the orientation code need, whatever the file's format. */
struct cfs_picture {
    AVFrame *frame;         /* keeps the pixels alive */
    AVBufferRef *profile;   /* the file's ICC profile; NULL if it has none */
    uint8_t *data[4];       /* R G B or Y U V or grey, and alpha last */
    ptrdiff_t stride[4];    /* bytes */
    int width, height;
    int sub_w, sub_h;       /* log2 of the chroma subsampling */
    int depth;              /* bits used; a sample takes one byte up to 8 bits and two above */
    enum { CFS_GREY, CFS_YUV, CFS_RGB } family;
    int full_range, has_alpha;
    enum AVColorSpace matrix;         /* of CFS_YUV */
    enum AVChromaLocation chroma;     /* of subsampled pictures */
};

static inline int cfs_min(int a, int b) { return a < b ? a : b; }
static inline int cfs_max(int a, int b) { return a > b ? a : b; }
static inline int cfs_clamp(int v, int low, int high) { return v < low ? low : v > high ? high : v; }

/* Returns an integer hash (lowbias32 by Chris Wellons, public domain), for patterns that look irregular and never change. */
static inline uint32_t cfs_scatter(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    return x ^ x >> 16;
}

/* Returns the modified Bessel function of the first kind and of order zero, of which Kaiser's window is made. */
static inline double cfs_bessel(double x) {
    double sum = 1, term = 1;
    for (int k = 1; term > 1e-12 * sum; k++) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* Return the width and height of plane `index` of a 4:2:0 frame. */
static inline int cfs_plane_width(const AVFrame *frame, int index) {
    return index == 1 || index == 2 ? (frame->width + 1) / 2 : frame->width;
}
static inline int cfs_plane_height(const AVFrame *frame, int index) {
    return index == 1 || index == 2 ? (frame->height + 1) / 2 : frame->height;
}
static inline int cfs_plane_count(const AVFrame *frame) { return frame->format == AV_PIX_FMT_YUVA420P ? 4 : 3; }

/* Tags a frame as a working frame: BT.709, limited range, chroma left, and straight alpha if it has alpha. */
void cfs_frame_tag(AVFrame *frame);

/* Returns the instruction set that kernels may use; see cfs_limit_simd(). */
int cfs_simd_level(void);

/* Creates an AVIOContext that reads only this descriptor, and takes ownership of the descriptor, even on failure. Close
   it with cfs_io_close(). Returns NULL on failure. */
AVIOContext *cfs_io_open(int fd);

/* Opens a demuxer of one of `formats` on a copy of a descriptor; with `name` only that one is tried. It opens nothing else.
   Both results must be closed, also after a failure: avformat_close_input(), then cfs_io_close(). Blocks. */
int cfs_demuxer_open(int fd, const char *formats, const char *codecs, const char *name, AVIOContext **io,
                     AVFormatContext **format);

/* What may be opened as sound, and as video. Playlists, network formats and formats that refer to other files are excluded. */
#define CFS_VIDEO_FORMATS "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts"
#define CFS_SOUND_FORMATS                                                                                              \
    CFS_VIDEO_FORMATS ",mp3,wav,w64,flac,ogg,aac,aiff,caf,au,ac3,eac3,amr,mpeg,libopenmpt,libmodplug"
#define CFS_VIDEO_CODECS                                                                                               \
    "h264,hevc,vp8,vp9,libvpx-vp9,libdav1d,libaom-av1,mpeg4,mpeg2video,mpeg1video,mjpeg,prores,dnxhd,ffv1,png,qtrle"
#define CFS_SOUND_CODECS                                                                                               \
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,flac,vorbis,opus,libopus,alac,ac3,eac3,amrnb,amrwb,adpcm_ms,"              \
    "adpcm_ima_wav,adpcm_ima_qt,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,"  \
    "pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw"

/* Loads the first shared library of these names, which end with NULL, and leaves it open; NULL if there is none. */
void *cfs_library_open(const char *const *names);
void cfs_io_close(AVIOContext **io);

/* A graph of zimg that is kept from picture to picture, since building one takes up to two milliseconds (pixels/graphs.h). Used
   by one thread at a time. NULL if out of memory. */
typedef struct cfs_kept_graph cfs_kept_graph;
cfs_kept_graph *cfs_kept_graph_create(void);
void cfs_kept_graph_free(cfs_kept_graph *kept);

/* Converts a working frame to an allocated frame of the same size and another format (adapt.c). AVERROR(ENOSYS): no
   encoder here takes that format. Missing alpha becomes solid; alpha that the target lacks is dropped. `kept` may be NULL. */
int cfs_adapt(cfs_kept_graph *kept, const AVFrame *source, AVFrame *target);

/* Converts a frame to the chosen colours (PAL8), as a new reference in `result` (palette.c). */
int cfs_palette_apply(cfs_palette *palette, const cfs_frame *frame, AVFrame *result);

/* Returns the encoder's context, which describes the stream to a muxer. The encoder owns it. */
const AVCodecContext *cfs_encoder_context(const cfs_encoder *encoder);

#endif
