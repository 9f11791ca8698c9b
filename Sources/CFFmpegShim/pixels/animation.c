/* SPDX-License-Identifier: Apache-2.0 */
/* Animated GIF and PNG by libavformat and libavcodec, and animated WebP, which FFmpeg does not decode, by libwebpdemux. */
#include "planes.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

struct cfs_animation {
    int64_t max_pixels;
    /* GIF and PNG */
    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    /* WebP */
    void *webp;
    uint8_t *bytes;   /* the file */
    int width, height;
};

/* What is declared here has been libwebpdemux's interface since 0.5 (2015); it refuses other versions of it itself. */
enum { WEBP_ABI = 0x0107, WEBP_RGBA = 1 };
typedef struct { const uint8_t *bytes; size_t size; } webp_data;
typedef struct { int color_mode, use_threads; uint32_t padding[7]; } webp_options;
typedef struct { uint32_t width, height, loops, background, count, padding[4]; } webp_info;

#define FUNCTIONS(X)                                                                                                   \
    X(int, OptionsInitInternal, (webp_options *, int))                                                                 \
    X(void *, NewInternal, (const webp_data *, const webp_options *, int))                                             \
    X(int, GetInfo, (const void *, webp_info *))                                                                       \
    X(int, GetNext, (void *, uint8_t **, int *))                                                                       \
    X(int, HasMoreFrames, (const void *))                                                                              \
    X(void, Delete, (void *))

static struct {
    int is_there, has_options;
#define X(type, name, arguments) type(*name) arguments;
    FUNCTIONS(X)
#undef X
} webp;

static void load(void) {
    static const char *const names[] = {"libwebpdemux.so.2", "libwebpdemux.2.dylib", "/opt/homebrew/lib/libwebpdemux.2.dylib", NULL};
    void *library = cfs_library_open(names);
    if (!library) return;
    webp.is_there = 1;
#define X(type, name, arguments)                                                                                       \
    webp.name = (type(*) arguments)dlsym(library, "WebPAnimDecoder" #name);                                            \
    if (!webp.name) webp.is_there = 0;
    FUNCTIONS(X)
#undef X
}

int cfs_animation_has_decoder(enum cfs_image_codec codec) {
    if (codec == CFS_GIF) return av_find_input_format("gif") && avcodec_find_decoder(AV_CODEC_ID_GIF);
    if (codec == CFS_PNG) return av_find_input_format("apng") && avcodec_find_decoder(AV_CODEC_ID_APNG);
    if (codec != CFS_WEBP) return 0;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return webp.is_there;
}

/* Opens bytes, which must outlive the animation. */
static int open_webp(cfs_animation *animation, const uint8_t *bytes, size_t size) {
    webp_options options;
    webp_info info;
    if (!webp.OptionsInitInternal(&options, WEBP_ABI)) return AVERROR_DECODER_NOT_FOUND;
    options.color_mode = WEBP_RGBA;
    options.use_threads = 0;
    animation->webp = webp.NewInternal(&(webp_data){bytes, size}, &options, WEBP_ABI);
    if (!animation->webp || !webp.GetInfo(animation->webp, &info)) return AVERROR_INVALIDDATA;
    if ((int64_t)info.width * info.height > animation->max_pixels) return AVERROR_INVALIDDATA;
    animation->width = (int)info.width;
    animation->height = (int)info.height;
    return 0;
}

/* Decodes the next canvas; only that, if `picture` is NULL. */
static int next_webp(cfs_animation *animation, cfs_picture **picture) {
    uint8_t *pixels = NULL;   /* the decoder's, until it is asked for the next one */
    int time;
    if (!webp.HasMoreFrames(animation->webp)) return CFS_FINISHED;
    if (!webp.GetNext(animation->webp, &pixels, &time) || !pixels) return AVERROR_INVALIDDATA;
    if (!picture) return 0;
    return cfs_describe_packed(pixels, 4 * animation->width, AV_PIX_FMT_RGBA, animation->width, animation->height, picture);
}

/* Makes a picture of the decoder's frame; nothing, if `picture` is NULL. */
static int take_frame(cfs_animation *animation, cfs_picture **picture) {
    const AVFrame *frame = animation->frame;
    if (!picture) return 0;
    const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(frame->format);
    if (!desc || desc->comp[0].depth > 16 || frame->width <= 0 || frame->height <= 0) return AVERROR_INVALIDDATA;
    AVFrame *planes = cfs_to_planes(frame, desc);
    *picture = planes ? cfs_describe(planes) : NULL;
    return *picture ? 0 : AVERROR(ENOMEM);
}

/* Reads a whole file and opens it. */
static int read_webp(cfs_animation *animation, int fd, int64_t size) {
    size_t got = 0;
    if (size <= 0) return AVERROR_INVALIDDATA;
    if (!(animation->bytes = av_malloc((size_t)size))) return AVERROR(ENOMEM);
    int status = cfs_file_read(fd, 0, animation->bytes, (size_t)size, &got);
    return status < 0 ? status : open_webp(animation, animation->bytes, got);
}

static int open_stream(cfs_animation *animation, int fd, const char *name) {
    int status = cfs_demuxer_open(fd, name, name, name, &animation->io, &animation->format);
    if (status < 0) return status;
    AVFormatContext *format = animation->format;
    if (format->nb_streams != 1) return AVERROR_INVALIDDATA;
    const AVCodecParameters *parameters = format->streams[0]->codecpar;
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
    if (!codec) return AVERROR_DECODER_NOT_FOUND;
    animation->decoder = avcodec_alloc_context3(codec);
    animation->packet = av_packet_alloc();
    animation->frame = av_frame_alloc();
    if (!animation->decoder || !animation->packet || !animation->frame) return AVERROR(ENOMEM);
    status = avcodec_parameters_to_context(animation->decoder, parameters);
    if (status < 0) return status;
    animation->decoder->thread_count = 1;
    animation->decoder->max_pixels = animation->max_pixels;
    return avcodec_open2(animation->decoder, codec, NULL);
}

int cfs_animation_open(int fd, int64_t size, enum cfs_image_codec codec, int64_t max_pixels, cfs_animation **animation) {
    *animation = NULL;
    if (!cfs_animation_has_decoder(codec)) return AVERROR_DECODER_NOT_FOUND;
    cfs_animation *opened = av_mallocz(sizeof *opened);
    if (!opened) return AVERROR(ENOMEM);
    opened->max_pixels = max_pixels;
    int status = codec == CFS_WEBP ? read_webp(opened, fd, size) : open_stream(opened, fd, codec == CFS_GIF ? "gif" : "apng");
    if (status < 0) cfs_animation_free(opened);
    else *animation = opened;
    return status < 0 ? status : 0;
}

int cfs_webp_first(const uint8_t *bytes, size_t size, int64_t max_pixels, cfs_picture **picture) {
    if (!cfs_animation_has_decoder(CFS_WEBP)) return AVERROR_DECODER_NOT_FOUND;
    cfs_animation animation = {.max_pixels = max_pixels};
    int status = open_webp(&animation, bytes, size);
    if (status >= 0) status = next_webp(&animation, picture);
    if (animation.webp) webp.Delete(animation.webp);
    return status == CFS_FINISHED ? CFS_CUT_SHORT : status;
}

void cfs_animation_free(cfs_animation *animation) {
    if (!animation) return;
    if (animation->webp) webp.Delete(animation->webp);
    av_free(animation->bytes);
    av_frame_free(&animation->frame);
    av_packet_free(&animation->packet);
    avcodec_free_context(&animation->decoder);
    avformat_close_input(&animation->format);
    cfs_io_close(&animation->io);
    av_free(animation);
}

int cfs_animation_next(cfs_animation *animation, cfs_picture **picture) {
    if (picture) *picture = NULL;
    if (animation->webp) return next_webp(animation, picture);
    while (1) {
        int status = avcodec_receive_frame(animation->decoder, animation->frame);
        if (status == 0) {
            status = take_frame(animation, picture);
            av_frame_unref(animation->frame);
            return status;
        }
        if (status == AVERROR_EOF) return CFS_FINISHED;
        if (status != AVERROR(EAGAIN)) return status;
        status = av_read_frame(animation->format, animation->packet);
        if (status == AVERROR_EOF) {
            status = avcodec_send_packet(animation->decoder, NULL);
        } else if (status >= 0) {
            status = avcodec_send_packet(animation->decoder, animation->packet);
            av_packet_unref(animation->packet);
        }
        if (status < 0) return status;
    }
}
