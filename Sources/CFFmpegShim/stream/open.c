/* SPDX-License-Identifier: Apache-2.0 */
/* Opening encoders: what they are told before the first frame. */
#include "encoder.h"

#include <libavutil/channel_layout.h>
#include <libavutil/hwcontext.h>
#include <libavutil/imgutils.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static int create(const AVCodec *codec, cfs_encoder **out) {
    *out = NULL;
    if (!codec) return AVERROR_ENCODER_NOT_FOUND;
    cfs_encoder *encoder = av_mallocz(sizeof *encoder);
    if (!encoder) return AVERROR(ENOMEM);
    encoder->context = avcodec_alloc_context3(codec);
    encoder->frame = av_frame_alloc();
    encoder->upload = av_frame_alloc();
    if (!encoder->context || !encoder->frame || !encoder->upload) {
        cfs_encoder_free(encoder);
        return AVERROR(ENOMEM);
    }
    encoder->context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    *out = encoder;
    return 0;
}

/* Opens a created encoder, or frees it on failure. */
static int open_created(cfs_encoder **encoder) {
    int status = avcodec_open2((*encoder)->context, NULL, NULL);
    if (status < 0) {
        cfs_encoder_free(*encoder);
        *encoder = NULL;
    }
    return status < 0 ? status : 0;
}

static void describe_colour(AVCodecContext *context, enum AVPixelFormat format) {
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(format);
    context->colorspace = AVCOL_SPC_BT709;
    context->color_primaries = AVCOL_PRI_BT709;
    context->color_trc = AVCOL_TRC_BT709;
    context->color_range = AVCOL_RANGE_MPEG;
    context->chroma_sample_location = AVCHROMA_LOC_LEFT;
    if (format == AV_PIX_FMT_PAL8 || (descriptor->flags & AV_PIX_FMT_FLAG_RGB)) {
        context->colorspace = AVCOL_SPC_RGB;
        context->color_trc = AVCOL_TRC_IEC61966_2_1;
        context->color_range = AVCOL_RANGE_JPEG;
        context->chroma_sample_location = AVCHROMA_LOC_UNSPECIFIED;
    } else if (format == AV_PIX_FMT_YUVJ420P) {
        context->colorspace = AVCOL_SPC_BT470BG;
        context->color_range = AVCOL_RANGE_JPEG;
        context->chroma_sample_location = AVCHROMA_LOC_CENTER;
    }
}

/* Allocates frames on the GPU, as many as the encoder holds. */
static int use_surfaces(AVCodecContext *context, AVBufferRef *device, enum AVPixelFormat format) {
    AVBufferRef *frames = av_hwframe_ctx_alloc(device);
    if (!frames) return AVERROR(ENOMEM);
    AVHWFramesContext *description = (AVHWFramesContext *)frames->data;
    description->format = context->pix_fmt = AV_PIX_FMT_VAAPI;
    description->sw_format = format;
    description->width = context->width;
    description->height = context->height;
    int status = av_hwframe_ctx_init(frames);
    if (status >= 0) context->hw_frames_ctx = frames;
    else av_buffer_unref(&frames);
    return status;
}

static int configure(cfs_encoder *encoder, const cfs_video_options *options) {
    AVCodecContext *context = encoder->context;
    encoder->format = av_get_pix_fmt(options->pixel_format);
    if (encoder->format == AV_PIX_FMT_NONE) return AVERROR(EINVAL);
    context->width = options->width;
    context->height = options->height;
    context->pix_fmt = encoder->format;
    context->sample_aspect_ratio = (AVRational){1, 1};
    context->time_base = (AVRational){options->rate_den, options->rate_num};
    context->framerate = (AVRational){options->rate_num, options->rate_den};
    if (options->keyframe_interval > 0) context->gop_size = options->keyframe_interval;
    context->thread_count = options->threads;
    describe_colour(context, encoder->format);
    for (const char *const *option = options->options; option && option[0]; option += 2) {
        int status = av_opt_set(context, option[0], option[1], AV_OPT_SEARCH_CHILDREN);
        if (status < 0) {
            av_log(context, AV_LOG_ERROR, "option %s=%s is not known to %s\n", option[0], option[1], options->encoder);
            return status;
        }
    }
    if (encoder->format != AV_PIX_FMT_YUV420P && encoder->format != AV_PIX_FMT_YUVA420P) {
        int size = av_image_get_buffer_size(encoder->format, options->width, options->height, 64);
        if (size < 0) return size;
        encoder->pool = av_buffer_pool_init((size_t)size + 64, NULL);
        encoder->graph = cfs_kept_graph_create();
        if (!encoder->pool || !encoder->graph) return AVERROR(ENOMEM);
    }
    if (!options->device) return 0;
    const AVHWDeviceContext *device = (const AVHWDeviceContext *)options->device->data;
    if (device->type == AV_HWDEVICE_TYPE_VAAPI) return use_surfaces(context, options->device, encoder->format);
    /* Needed even for frames in memory: it selects the GPU and keeps libav's error messages distinct. */
    context->hw_device_ctx = av_buffer_ref(options->device);
    return context->hw_device_ctx ? 0 : AVERROR(ENOMEM);
}

/* SVT-AV1 prints a page about itself for every encoder, unless the environment says otherwise. */
static void quiet_svt(void) { setenv("SVT_LOG", "1", 0); }

int cfs_encoder_open_video(const cfs_video_options *options, cfs_encoder **encoder) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int is_svt = !strcmp(options->encoder, "libsvtav1");
    if (is_svt) pthread_once(&once, quiet_svt);
    int status = create(avcodec_find_encoder_by_name(options->encoder), encoder);
    if (status < 0) return status;
    status = configure(*encoder, options);
    if (status < 0) {
        cfs_encoder_free(*encoder);
        *encoder = NULL;
        return status;
    }
    enum AVCodecID codec = (*encoder)->context->codec_id;
    (*encoder)->is_svt = is_svt;
    (*encoder)->wants_header = codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC || codec == AV_CODEC_ID_AV1;
    return open_created(encoder);
}

void cfs_encoder_use_palette(cfs_encoder *encoder, cfs_palette *palette) { encoder->palette = palette; }

int cfs_encoder_open_audio(const char *name, int bitrate, int rate, int channels, cfs_encoder **encoder) {
    if (channels < 1 || channels > 2 || rate <= 0) return AVERROR(EINVAL);
    int status = create(avcodec_find_encoder_by_name(name), encoder);
    if (status < 0) return status;
    AVCodecContext *context = (*encoder)->context;
    enum AVCodecID codec = context->codec_id;
    int lossless = codec == AV_CODEC_ID_FLAC || codec == AV_CODEC_ID_PCM_S24LE;
    if (lossless) context->bits_per_raw_sample = 24;
    else context->bit_rate = bitrate;
    context->sample_rate = rate;
    context->sample_fmt = lossless ? AV_SAMPLE_FMT_S32 : codec == AV_CODEC_ID_OPUS ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_FLTP;
    context->ch_layout = channels == 1 ? (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO : (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    context->time_base = (AVRational){1, rate};
    context->thread_count = 1;
    /* Blocks of the same size in every version. */
    if (codec == AV_CODEC_ID_FLAC) context->frame_size = 4608;
    if (codec == AV_CODEC_ID_MP3) status = av_opt_set_int(context->priv_data, "reservoir", 0, 0);
    /* Noise that a decoder makes up (ISO 14496-3, 4.6.13) is another one after a seek and in another decoder, and has
       other peaks: neither a true peak nor a seam could be known. */
    if (codec == AV_CODEC_ID_AAC) status = av_opt_set_int(context->priv_data, "aac_pns", 0, 0);
    if (status < 0) {
        cfs_encoder_free(*encoder);
        *encoder = NULL;
        return status;
    }
    return open_created(encoder);
}
