/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in for NVIDIA's libnvidia-encode.so.1: H.264 and HEVC from frames in memory, without loss and without a GPU, through
   the interface that an unmodified FFmpeg uses. cuda.c is the other half.

   Every picture is an I picture, and what is asked about quality only goes to the log. As with the driver, pictures of a run of
   B pictures come out together: NV_ENC_ERR_NEED_MORE_INPUT until the P picture that would end it. Their order is not changed.

   The structures must be those that FFmpeg was compiled with, so compile this file with the same version of ffnvcodec.

   Environment, read at each call:
     STANDIN_NV_OPEN=<NVENCSTATUS>  sessions cannot be opened, and this is why: 2 unsupported device, 10 out of memory,
                                    21 incompatible client key
     STANDIN_NV_SESSIONS=<n>        how many sessions may be open at a time in this process; "out of memory" beyond
     STANDIN_NV_INIT=<NVENCSTATUS>  encoders cannot be initialized, and this is why
     STANDIN_NV_FAIL_AT=<n>         in every session, encoding fails from the frame with this number on; the first is 0
     STANDIN_NV_FAIL_SESSION=<k>    ... but not in sessions before the k-th that this process opened; the first is 1
     STANDIN_NV_VERSION=<n.n>       the newest version of the interface that the driver knows: the header's if unset
     STANDIN_NV_MIN=<n>             the least width: 145 if unset. The least height is 49, or this if this is less
     STANDIN_NV_MAX=<n>             the greatest width and height: 4096 if unset
     STANDIN_NV_WITHOUT=<list>      what the GPU lacks, separated by commas: bframes, bref, lookahead, temporalaq, 10bit.
                                    Without bframes it has no bref either. 10bit means HEVC: H.264 never has it
     STANDIN_NV_CODECS=<list>       what it encodes: "h264,hevc" if unset
     STANDIN_NV_LOG=<path>          a file to which a line is appended when a session is opened, initialized, and ended:
                                    "session device=0", "init h264 322x182 rc=vbr cq=23 ...", "end frames=25" */
#include "lossless.h"

#include <dlfcn.h>
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/nvEncodeAPI.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* When a stream carries its parameter sets. */
enum header_policy { HEADERS_OUTSIDE, HEADERS_FIRST, HEADERS_AT_EVERY_IDR };

/* What the client holds as its encoder. */
struct session {
    int number;                       /* which session of this process; the first is 1 */
    bool is_initialized;
    struct lossless_stream stream;
    enum header_policy headers;
    uint32_t idr_period;              /* pictures from one IDR to the next */
    uint32_t sub_gop;                 /* pictures from one I or P picture to the next; 1 without B pictures */
    uint32_t frames;                  /* encoded so far */
    uint32_t since_idr;               /* the next picture's distance from the last IDR */
    uint32_t idrs;                    /* IDRs so far */
    bool wants_idr;                   /* the next picture has to be one */
    char error[128];                  /* what NvEncGetLastErrorString() gives */
};

/* What the client holds as an input buffer: one frame, planes after one another without gaps. */
struct input_buffer {
    NV_ENC_BUFFER_FORMAT format;
    uint32_t height, pitch;           /* rows; bytes from one row of luma to the next */
    uint8_t *samples;
};

/* What the client holds as a bitstream buffer: one encoded picture. */
struct output_buffer {
    struct bytes bytes;
    uint64_t time, duration;
    uint32_t number;
    bool is_idr;
};

/* Guards the two counters and the log. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int sessions_open;
static int sessions_opened;

/* The environment */

/* A number from the environment, or `fallback` where there is none. */
static int number_from(const char *variable, int fallback) {
    const char *text = getenv(variable);
    return text && *text ? (int)strtol(text, NULL, 0) : fallback;
}

/* Whether a list in the environment, or `fallback` where there is none, has `word` in it. */
static bool list_has(const char *variable, const char *fallback, const char *word) {
    const char *list = getenv(variable);
    if (!list) list = fallback;
    while (*list) {
        size_t length = strcspn(list, ",");
        if (length == strlen(word) && !strncmp(list, word, length)) return true;
        list += length + (list[length] == ',');
    }
    return false;
}

/* Whether the GPU lacks what is called `word`. */
static bool lacks(const char *word) {
    return list_has("STANDIN_NV_WITHOUT", "", word);
}

/* Appends a line to the log, if there is one. */
__attribute__((format(printf, 1, 2))) static void write_log(const char *format, ...) {
    const char *path = getenv("STANDIN_NV_LOG");
    if (!path || !*path) return;
    pthread_mutex_lock(&lock);
    FILE *file = fopen(path, "a");
    if (file) {
        va_list arguments;
        va_start(arguments, format);
        vfprintf(file, format, arguments);
        va_end(arguments);
        fputc('\n', file);
        fclose(file);
    }
    pthread_mutex_unlock(&lock);
}

/* Names */

/* A name for a GUID. */
struct guid_name {
    const GUID *guid;
    const char *name;
};

static const struct guid_name codec_names[] = {
    {&NV_ENC_CODEC_H264_GUID, "h264"},
    {&NV_ENC_CODEC_HEVC_GUID, "hevc"},
};
static const struct guid_name preset_names[] = {
    {&NV_ENC_PRESET_P1_GUID, "p1"}, {&NV_ENC_PRESET_P2_GUID, "p2"}, {&NV_ENC_PRESET_P3_GUID, "p3"},
    {&NV_ENC_PRESET_P4_GUID, "p4"}, {&NV_ENC_PRESET_P5_GUID, "p5"}, {&NV_ENC_PRESET_P6_GUID, "p6"},
    {&NV_ENC_PRESET_P7_GUID, "p7"},
};
static const struct guid_name profile_names[] = {
    {&NV_ENC_H264_PROFILE_BASELINE_GUID, "baseline"}, {&NV_ENC_H264_PROFILE_MAIN_GUID, "main"},
    {&NV_ENC_H264_PROFILE_HIGH_GUID, "high"},         {&NV_ENC_HEVC_PROFILE_MAIN_GUID, "main"},
    {&NV_ENC_HEVC_PROFILE_MAIN10_GUID, "main10"},
};
static const char *const rate_control_names[] = {"constqp", "vbr", "cbr"};
static const char *const tuning_names[] = {"none", "hq", "ll", "ull", "lossless", "uhq"};
static const char *const b_ref_names[] = {"disabled", "each", "middle"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The name of a GUID, or "other". */
static const char *name_of_guid(GUID guid, const struct guid_name *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!memcmp(&guid, names[i].guid, sizeof guid)) return names[i].name;
    return "other";
}

/* The name that a number stands for, or "other". */
static const char *name_of_number(unsigned int number, const char *const *names, size_t count) {
    return number < count ? names[number] : "other";
}

/* Whether two GUIDs are the same. */
static bool same_guid(GUID a, GUID b) {
    return !memcmp(&a, &b, sizeof a);
}

/* Sessions */

/* Remembers why something failed, and returns the status. */
static NVENCSTATUS fail(struct session *session, NVENCSTATUS status, const char *reason) {
    snprintf(session->error, sizeof session->error, "%s", reason);
    return status;
}

/* Finds the device that a CUDA context was made for, through the CUDA library that made it. */
static bool find_device(CUcontext context, CUdevice *device) {
    void *cuda = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
    if (!cuda) return false;
    tcuCtxPushCurrent_v2 *push = (tcuCtxPushCurrent_v2 *)dlsym(cuda, "cuCtxPushCurrent_v2");
    tcuCtxGetDevice *get_device = (tcuCtxGetDevice *)dlsym(cuda, "cuCtxGetDevice");
    tcuCtxPopCurrent_v2 *pop = (tcuCtxPopCurrent_v2 *)dlsym(cuda, "cuCtxPopCurrent_v2");
    bool found = false;
    if (push && get_device && pop && push(context) == CUDA_SUCCESS) {
        found = get_device(device) == CUDA_SUCCESS;
        pop(&context);
    }
    dlclose(cuda);
    return found;
}

/* Opens a session on the device of a CUDA context. */
static NVENCSTATUS NVENCAPI open_session(NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS *parameters, void **encoder) {
    *encoder = NULL;
    if (parameters->version != NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS_VER || parameters->apiVersion != NVENCAPI_VERSION)
        return NV_ENC_ERR_INVALID_VERSION;
    int refusal = number_from("STANDIN_NV_OPEN", NV_ENC_SUCCESS);
    if (refusal) return (NVENCSTATUS)refusal;
    CUdevice device;
    if (parameters->deviceType != NV_ENC_DEVICE_TYPE_CUDA || !find_device(parameters->device, &device))
        return NV_ENC_ERR_INVALID_ENCODERDEVICE;

    struct session *session = calloc(1, sizeof *session);
    if (!session) return NV_ENC_ERR_OUT_OF_MEMORY;
    pthread_mutex_lock(&lock);
    bool has_room = sessions_open < number_from("STANDIN_NV_SESSIONS", INT32_MAX);
    if (has_room) {
        sessions_open++;
        session->number = ++sessions_opened;
    }
    pthread_mutex_unlock(&lock);
    if (!has_room) {
        free(session);
        return NV_ENC_ERR_OUT_OF_MEMORY;
    }
    write_log("session device=%d", device);
    *encoder = session;
    return NV_ENC_SUCCESS;
}

/* Ends a session. Its buffers are the client's to destroy. */
static NVENCSTATUS NVENCAPI destroy_encoder(void *encoder) {
    struct session *session = encoder;
    if (!session) return NV_ENC_ERR_INVALID_PTR;
    write_log("end frames=%u", session->frames);
    free(session);
    pthread_mutex_lock(&lock);
    sessions_open--;
    pthread_mutex_unlock(&lock);
    return NV_ENC_SUCCESS;
}

/* Why the last call that failed did. */
static const char *NVENCAPI get_last_error_string(void *encoder) {
    struct session *session = encoder;
    return session ? session->error : "";
}

/* What the GPU can do */

/* Lists the codecs, as many as fit; with no room for any, only counts them. */
static uint32_t list_codecs(GUID *guids, uint32_t room) {
    uint32_t count = 0;
    for (size_t i = 0; i < COUNT(codec_names); i++) {
        if (!list_has("STANDIN_NV_CODECS", "h264,hevc", codec_names[i].name)) continue;
        if (count < room) guids[count] = *codec_names[i].guid;
        count++;
    }
    return count;
}

/* How many codecs there are. */
static NVENCSTATUS NVENCAPI get_codec_count(void *encoder, uint32_t *count) {
    (void)encoder;
    *count = list_codecs(NULL, 0);
    return NV_ENC_SUCCESS;
}

/* Which codecs there are. */
static NVENCSTATUS NVENCAPI get_codecs(void *encoder, GUID *guids, uint32_t room, uint32_t *count) {
    (void)encoder;
    uint32_t all = list_codecs(guids, room);
    *count = all < room ? all : room;
    return NV_ENC_SUCCESS;
}

/* One thing that the GPU can or cannot do, or how far. */
static NVENCSTATUS NVENCAPI get_capability(void *encoder, GUID codec, NV_ENC_CAPS_PARAM *question, int *answer) {
    (void)encoder;
    bool is_hevc = same_guid(codec, NV_ENC_CODEC_HEVC_GUID);
    switch (question->capsToQuery) {
    case NV_ENC_CAPS_WIDTH_MAX:
    case NV_ENC_CAPS_HEIGHT_MAX:
        *answer = number_from("STANDIN_NV_MAX", 4096);
        break;
    case NV_ENC_CAPS_WIDTH_MIN:
        *answer = number_from("STANDIN_NV_MIN", 145);
        break;
    case NV_ENC_CAPS_NUM_MAX_BFRAMES:
        *answer = lacks("bframes") ? 0 : 4;
        break;
    case NV_ENC_CAPS_SUPPORT_BFRAME_REF_MODE:   /* 1: each, 2: the middle one, 3: both */
        *answer = lacks("bframes") || lacks("bref") ? 0 : is_hevc ? 3 : 2;
        break;
    case NV_ENC_CAPS_SUPPORT_LOOKAHEAD:
        *answer = !lacks("lookahead");
        break;
    case NV_ENC_CAPS_SUPPORT_TEMPORAL_AQ:
        *answer = !lacks("temporalaq");
        break;
    case NV_ENC_CAPS_SUPPORT_10BIT_ENCODE:
        *answer = is_hevc && !lacks("10bit");
        break;
    case NV_ENC_CAPS_SUPPORT_CABAC:
    case NV_ENC_CAPS_SUPPORT_DYN_BITRATE_CHANGE:
    case NV_ENC_CAPS_SUPPORT_MULTIPLE_REF_FRAMES:
    case NV_ENC_CAPS_SUPPORT_WEIGHTED_PREDICTION:
        *answer = 1;
        break;
    default:
        *answer = 0;
        break;
    }
    return NV_ENC_SUCCESS;
}

/* What a preset sets before the client changes it; here, all presets set the same. */
static NVENCSTATUS NVENCAPI get_preset(void *encoder, GUID codec, GUID preset, NV_ENC_TUNING_INFO tuning,
                                       NV_ENC_PRESET_CONFIG *result) {
    (void)encoder, (void)preset, (void)tuning;
    NV_ENC_CONFIG *config = &result->presetCfg;
    config->gopLength = 250;
    config->frameIntervalP = 1;
    config->rcParams.rateControlMode = NV_ENC_PARAMS_RC_VBR;
    if (same_guid(codec, NV_ENC_CODEC_HEVC_GUID)) {
        config->profileGUID = NV_ENC_HEVC_PROFILE_MAIN_GUID;
        config->encodeCodecConfig.hevcConfig.hevcVUIParameters.videoFormat = 5;   /* unspecified */
    } else {
        config->profileGUID = NV_ENC_H264_PROFILE_HIGH_GUID;
        config->encodeCodecConfig.h264Config.h264VUIParameters.videoFormat = 5;
    }
    return NV_ENC_SUCCESS;
}

/* Setting up */

/* Takes over the colours that a client asked to be written. HEVC's structure is this one under another name. */
static void set_colour(struct lossless_stream *stream, const NV_ENC_CONFIG_H264_VUI_PARAMETERS *vui) {
    bool has_codes = vui->videoSignalTypePresentFlag && vui->colourDescriptionPresentFlag;
    stream->primaries = has_codes ? (int)vui->colourPrimaries : 2;
    stream->transfer = has_codes ? (int)vui->transferCharacteristics : 2;
    stream->matrix = has_codes ? (int)vui->colourMatrix : 2;
    stream->full_range = vui->videoSignalTypePresentFlag && vui->videoFullRangeFlag;
}

/* Takes over the frame rate. H.264 counts fields, so its clock ticks twice a frame. */
static void set_rate(struct lossless_stream *stream, const NV_ENC_INITIALIZE_PARAMS *parameters) {
    uint32_t ticks = stream->codec == LOSSLESS_H264 ? 2 : 1;
    if (!parameters->frameRateDen || parameters->frameRateNum > UINT32_MAX / ticks) return;
    stream->time_scale = parameters->frameRateNum * ticks;
    stream->num_units = parameters->frameRateDen;
}

/* Bits of a sample that an HEVC stream is to have. */
static int hevc_bits(const NV_ENC_CONFIG_HEVC *hevc) {
#if NVENCAPI_MAJOR_VERSION > 12 || (NVENCAPI_MAJOR_VERSION == 12 && NVENCAPI_MINOR_VERSION >= 2)
    return hevc->outputBitDepth == NV_ENC_BIT_DEPTH_10 ? 10 : 8;
#else
    return hevc->pixelBitDepthMinus8 ? 10 : 8;
#endif
}

/* Says in the log what an encoder was asked for. */
static void log_settings(const struct session *session, const NV_ENC_INITIALIZE_PARAMS *parameters) {
    const NV_ENC_CONFIG *config = parameters->encodeConfig;
    const NV_ENC_RC_PARAMS *rate = &config->rcParams;
    bool is_hevc = session->stream.codec == LOSSLESS_HEVC;
    NV_ENC_BFRAME_REF_MODE b_ref = is_hevc ? config->encodeCodecConfig.hevcConfig.useBFramesAsRef
                                           : config->encodeCodecConfig.h264Config.useBFramesAsRef;
    write_log("init %s %ux%u rc=%s cq=%g avg=%u max=%u vbv=%u gop=%u interval=%d aq=%d taq=%d lookahead=%d bref=%s bits=%d "
              "preset=%s tune=%s profile=%s strength=%d",
              is_hevc ? "hevc" : "h264", parameters->encodeWidth, parameters->encodeHeight,
              name_of_number(rate->rateControlMode, rate_control_names, COUNT(rate_control_names)),
              rate->targetQuality + rate->targetQualityLSB / 256.0, rate->averageBitRate, rate->maxBitRate,
              rate->vbvBufferSize, config->gopLength, config->frameIntervalP, (int)rate->enableAQ,
              (int)rate->enableTemporalAQ, rate->enableLookahead ? (int)rate->lookaheadDepth : 0,
              name_of_number(b_ref, b_ref_names, COUNT(b_ref_names)), session->stream.bits,
              name_of_guid(parameters->presetGUID, preset_names, COUNT(preset_names)),
              name_of_number(parameters->tuningInfo, tuning_names, COUNT(tuning_names)),
              name_of_guid(config->profileGUID, profile_names, COUNT(profile_names)), (int)rate->aqStrength);
}

/* Sets a session up to encode. */
static NVENCSTATUS NVENCAPI initialize_encoder(void *encoder, NV_ENC_INITIALIZE_PARAMS *parameters) {
    struct session *session = encoder;
    const NV_ENC_CONFIG *config = parameters->encodeConfig;
    int refusal = number_from("STANDIN_NV_INIT", NV_ENC_SUCCESS);
    if (refusal) return fail(session, (NVENCSTATUS)refusal, "STANDIN_NV_INIT");
    int least = number_from("STANDIN_NV_MIN", 145);
    if ((int)parameters->encodeWidth < least || (int)parameters->encodeHeight < (least < 49 ? least : 49))
        return fail(session, NV_ENC_ERR_INVALID_PARAM, "Frame Dimension less than the minimum supported value.");
    if (config && config->frameIntervalP > 0 && config->gopLength <= (uint32_t)config->frameIntervalP)
        return fail(session, NV_ENC_ERR_INVALID_PARAM, "Gop Length should be greater than number of B frames + 1");
    if (!config) return fail(session, NV_ENC_ERR_INVALID_PTR, "The stand-in needs an encodeConfig.");

    bool never, repeated;
    uint32_t idr_period;
    session->stream = (struct lossless_stream){
        .width = (int)parameters->encodeWidth, .height = (int)parameters->encodeHeight, .bits = 8,
    };
    if (same_guid(parameters->encodeGUID, NV_ENC_CODEC_HEVC_GUID)) {
        const NV_ENC_CONFIG_HEVC *hevc = &config->encodeCodecConfig.hevcConfig;
        session->stream.codec = LOSSLESS_HEVC;
        session->stream.bits = hevc_bits(hevc);
        set_colour(&session->stream, &hevc->hevcVUIParameters);
        never = hevc->disableSPSPPS;
        repeated = hevc->repeatSPSPPS;
        idr_period = hevc->idrPeriod;
    } else if (same_guid(parameters->encodeGUID, NV_ENC_CODEC_H264_GUID)) {
        const NV_ENC_CONFIG_H264 *h264 = &config->encodeCodecConfig.h264Config;
        session->stream.codec = LOSSLESS_H264;
        set_colour(&session->stream, &h264->h264VUIParameters);
        never = h264->disableSPSPPS;
        repeated = h264->repeatSPSPPS;
        idr_period = h264->idrPeriod;
    } else {
        return fail(session, NV_ENC_ERR_UNSUPPORTED_PARAM, "The stand-in knows no such codec.");
    }
    set_rate(&session->stream, parameters);
    session->headers = never ? HEADERS_OUTSIDE : repeated ? HEADERS_AT_EVERY_IDR : HEADERS_FIRST;
    session->idr_period = idr_period ? idr_period : config->gopLength;
    session->sub_gop = config->frameIntervalP > 1 ? (uint32_t)config->frameIntervalP : 1;
    session->is_initialized = true;
    log_settings(session, parameters);
    return NV_ENC_SUCCESS;
}

/* Changes rates in mid-stream, which change nothing here but that the client may ask for an IDR. */
static NVENCSTATUS NVENCAPI reconfigure_encoder(void *encoder, NV_ENC_RECONFIGURE_PARAMS *parameters) {
    struct session *session = encoder;
    if (parameters->forceIDR) session->wants_idr = true;
    return NV_ENC_SUCCESS;
}

/* Takes the streams on which a GPU would work. */
static NVENCSTATUS NVENCAPI set_streams(void *encoder, NV_ENC_CUSTREAM_PTR input, NV_ENC_CUSTREAM_PTR output) {
    (void)encoder, (void)input, (void)output;
    return NV_ENC_SUCCESS;
}

/* Gives the parameter sets, for a container that keeps them beside the stream. */
static NVENCSTATUS NVENCAPI get_sequence_parameters(void *encoder, NV_ENC_SEQUENCE_PARAM_PAYLOAD *payload) {
    struct session *session = encoder;
    if (!session->is_initialized) return fail(session, NV_ENC_ERR_ENCODER_NOT_INITIALIZED, "");
    struct bytes headers = {0};
    lossless_headers(&headers, &session->stream);
    bool fits = headers.count <= payload->inBufferSize;
    if (fits) {
        memcpy(payload->spsppsBuffer, headers.data, headers.count);
        *payload->outSPSPPSPayloadSize = (uint32_t)headers.count;
    }
    free(headers.data);
    return fits ? NV_ENC_SUCCESS : fail(session, NV_ENC_ERR_NOT_ENOUGH_BUFFER, "");
}

/* Buffers */

/* Bits of a sample in a format, or 0 if it is none that can be encoded. */
static int bits_of(NV_ENC_BUFFER_FORMAT format) {
    switch (format) {
    case NV_ENC_BUFFER_FORMAT_NV12:
    case NV_ENC_BUFFER_FORMAT_YV12:
    case NV_ENC_BUFFER_FORMAT_IYUV:
        return 8;
    case NV_ENC_BUFFER_FORMAT_YUV420_10BIT:
        return 10;
    default:
        return 0;
    }
}

/* Makes a buffer for a frame. Its rows are padded, so that a client which forgets their pitch shows. */
static NVENCSTATUS NVENCAPI create_input_buffer(void *encoder, NV_ENC_CREATE_INPUT_BUFFER *parameters) {
    struct session *session = encoder;
    int bits = bits_of(parameters->bufferFmt);
    if (!bits || bits != session->stream.bits)
        return fail(session, NV_ENC_ERR_UNSUPPORTED_PARAM, "The stand-in does not take this format.");
    struct input_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer) return NV_ENC_ERR_OUT_OF_MEMORY;
    buffer->format = parameters->bufferFmt;
    buffer->height = parameters->height;
    buffer->pitch = (parameters->width * (bits > 8 ? 2 : 1) + 255) / 256 * 256;
    buffer->samples = calloc(buffer->height + (buffer->height + 1) / 2, buffer->pitch);
    if (!buffer->samples) {
        free(buffer);
        return NV_ENC_ERR_OUT_OF_MEMORY;
    }
    parameters->inputBuffer = buffer;
    return NV_ENC_SUCCESS;
}

/* Frees a buffer for a frame. */
static NVENCSTATUS NVENCAPI destroy_input_buffer(void *encoder, NV_ENC_INPUT_PTR input) {
    (void)encoder;
    struct input_buffer *buffer = input;
    if (!buffer) return NV_ENC_ERR_INVALID_PTR;
    free(buffer->samples);
    free(buffer);
    return NV_ENC_SUCCESS;
}

/* Lets the client write a frame. */
static NVENCSTATUS NVENCAPI lock_input_buffer(void *encoder, NV_ENC_LOCK_INPUT_BUFFER *parameters) {
    (void)encoder;
    struct input_buffer *buffer = parameters->inputBuffer;
    parameters->bufferDataPtr = buffer->samples;
    parameters->pitch = buffer->pitch;
    return NV_ENC_SUCCESS;
}

/* The client has written the frame. */
static NVENCSTATUS NVENCAPI unlock_input_buffer(void *encoder, NV_ENC_INPUT_PTR input) {
    (void)encoder, (void)input;
    return NV_ENC_SUCCESS;
}

/* Makes a buffer for an encoded picture. */
static NVENCSTATUS NVENCAPI create_bitstream_buffer(void *encoder, NV_ENC_CREATE_BITSTREAM_BUFFER *parameters) {
    (void)encoder;
    parameters->bitstreamBuffer = calloc(1, sizeof(struct output_buffer));
    return parameters->bitstreamBuffer ? NV_ENC_SUCCESS : NV_ENC_ERR_OUT_OF_MEMORY;
}

/* Frees a buffer for an encoded picture. */
static NVENCSTATUS NVENCAPI destroy_bitstream_buffer(void *encoder, NV_ENC_OUTPUT_PTR output) {
    (void)encoder;
    struct output_buffer *buffer = output;
    if (!buffer) return NV_ENC_ERR_INVALID_PTR;
    free(buffer->bytes.data);
    free(buffer);
    return NV_ENC_SUCCESS;
}

/* Lets the client read an encoded picture. */
static NVENCSTATUS NVENCAPI lock_bitstream(void *encoder, NV_ENC_LOCK_BITSTREAM *parameters) {
    struct output_buffer *buffer = parameters->outputBitstream;
    if (!buffer->bytes.count) return fail(encoder, NV_ENC_ERR_INVALID_PARAM, "Nothing was encoded into this buffer.");
    parameters->bitstreamBufferPtr = buffer->bytes.data;
    parameters->bitstreamSizeInBytes = (uint32_t)buffer->bytes.count;
    parameters->outputTimeStamp = buffer->time;
    parameters->outputDuration = buffer->duration;
    parameters->frameIdx = buffer->number;
    parameters->numSlices = 1;
    parameters->pictureType = buffer->is_idr ? NV_ENC_PIC_TYPE_IDR : NV_ENC_PIC_TYPE_I;
    parameters->pictureStruct = NV_ENC_PIC_STRUCT_FRAME;
    parameters->frameAvgQP = 20;
    return NV_ENC_SUCCESS;
}

/* The client has read the picture. */
static NVENCSTATUS NVENCAPI unlock_bitstream(void *encoder, NV_ENC_OUTPUT_PTR output) {
    (void)encoder;
    struct output_buffer *buffer = output;
    buffer->bytes.count = 0;
    return NV_ENC_SUCCESS;
}

/* Encoding */

/* Where the samples of a frame are. */
static struct lossless_picture picture_in(const struct input_buffer *buffer) {
    const uint8_t *chroma = buffer->samples + (size_t)buffer->pitch * buffer->height;
    struct lossless_picture picture = {.y = buffer->samples, .y_stride = buffer->pitch};
    if (buffer->format == NV_ENC_BUFFER_FORMAT_YV12 || buffer->format == NV_ENC_BUFFER_FORMAT_IYUV) {
        const uint8_t *second = chroma + (size_t)(buffer->pitch / 2) * ((buffer->height + 1) / 2);
        bool v_first = buffer->format == NV_ENC_BUFFER_FORMAT_YV12;
        picture.u = v_first ? second : chroma;
        picture.v = v_first ? chroma : second;
        picture.chroma_stride = buffer->pitch / 2;
        picture.chroma_step = 1;
    } else {
        bool is_wide = buffer->format == NV_ENC_BUFFER_FORMAT_YUV420_10BIT;
        picture.u = chroma;
        picture.v = chroma + (is_wide ? 2 : 1);
        picture.chroma_stride = buffer->pitch;
        picture.chroma_step = 2;
        picture.shift = is_wide ? 6 : 0;
    }
    return picture;
}

/* Whether the environment wants the session's next picture to fail. */
static bool must_fail(const struct session *session) {
    int first = number_from("STANDIN_NV_FAIL_AT", -1);
    return first >= 0 && session->frames >= (uint32_t)first && session->number >= number_from("STANDIN_NV_FAIL_SESSION", 0);
}

/* Whether a frame has to become an IDR. */
static bool needs_idr(const struct session *session, uint32_t flags) {
    return !session->frames || session->wants_idr || session->since_idr >= session->idr_period
           || (flags & NV_ENC_PIC_FLAG_FORCEIDR);
}

/* Encodes a frame; or, at the end of the stream, says that all that was held back may be fetched. */
static NVENCSTATUS NVENCAPI encode_picture(void *encoder, NV_ENC_PIC_PARAMS *parameters) {
    struct session *session = encoder;
    uint32_t flags = parameters->encodePicFlags;
    if (!session->is_initialized) return fail(session, NV_ENC_ERR_ENCODER_NOT_INITIALIZED, "");
    if (flags & NV_ENC_PIC_FLAG_EOS) return NV_ENC_SUCCESS;
    if (must_fail(session)) return fail(session, NV_ENC_ERR_GENERIC, "STANDIN_NV_FAIL_AT");
    const struct input_buffer *input = parameters->inputBuffer;
    struct output_buffer *output = parameters->outputBitstream;
    if (!input || !output) return fail(session, NV_ENC_ERR_INVALID_PTR, "A picture needs two buffers.");

    bool is_idr = needs_idr(session, flags);
    if (is_idr) {
        session->since_idr = 0;
        session->idrs++;
        session->wants_idr = false;
    }
    output->time = parameters->inputTimeStamp;
    output->duration = parameters->inputDuration;
    output->number = session->frames;
    output->is_idr = is_idr;
    output->bytes.count = 0;
    bool has_headers = (is_idr && session->headers == HEADERS_AT_EVERY_IDR)
                       || (!session->frames && session->headers == HEADERS_FIRST) || (flags & NV_ENC_PIC_FLAG_OUTPUT_SPSPPS);
    if (has_headers) lossless_headers(&output->bytes, &session->stream);
    struct lossless_picture picture = picture_in(input);
    lossless_picture(&output->bytes, &session->stream, &picture, is_idr, (int)session->since_idr, (int)(session->idrs & 1));

    bool ends_sub_gop = session->since_idr % session->sub_gop == 0;
    session->since_idr++;
    session->frames++;
    return ends_sub_gop ? NV_ENC_SUCCESS : NV_ENC_ERR_NEED_MORE_INPUT;
}

/* The library's two entrances */

/* The newest version of the interface that is understood, as the driver writes it: major * 16 + minor. */
NVENCSTATUS NVENCAPI NvEncodeAPIGetMaxSupportedVersion(uint32_t *version) {
    unsigned int major = NVENCAPI_MAJOR_VERSION, minor = NVENCAPI_MINOR_VERSION;
    const char *text = getenv("STANDIN_NV_VERSION");
    if (text && sscanf(text, "%u.%u", &major, &minor) != 2) return NV_ENC_ERR_GENERIC;
    *version = major << 4 | minor;
    return NV_ENC_SUCCESS;
}

/* Gives the functions of the interface: those that FFmpeg calls. The others are null. */
NVENCSTATUS NVENCAPI NvEncodeAPICreateInstance(NV_ENCODE_API_FUNCTION_LIST *list) {
    if (!list) return NV_ENC_ERR_INVALID_PTR;
    if (list->version != NV_ENCODE_API_FUNCTION_LIST_VER) return NV_ENC_ERR_INVALID_VERSION;
    /* FFmpeg unloads the library with its last encoder. The numbers of sessions have to outlast that. */
    dlopen("libnvidia-encode.so.1", RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);

    list->nvEncOpenEncodeSessionEx = open_session;
    list->nvEncDestroyEncoder = destroy_encoder;
    list->nvEncGetLastErrorString = get_last_error_string;
    list->nvEncGetEncodeGUIDCount = get_codec_count;
    list->nvEncGetEncodeGUIDs = get_codecs;
    list->nvEncGetEncodeCaps = get_capability;
    list->nvEncGetEncodePresetConfigEx = get_preset;
    list->nvEncInitializeEncoder = initialize_encoder;
    list->nvEncReconfigureEncoder = reconfigure_encoder;
    list->nvEncSetIOCudaStreams = set_streams;
    list->nvEncGetSequenceParams = get_sequence_parameters;
    list->nvEncCreateInputBuffer = create_input_buffer;
    list->nvEncDestroyInputBuffer = destroy_input_buffer;
    list->nvEncLockInputBuffer = lock_input_buffer;
    list->nvEncUnlockInputBuffer = unlock_input_buffer;
    list->nvEncCreateBitstreamBuffer = create_bitstream_buffer;
    list->nvEncDestroyBitstreamBuffer = destroy_bitstream_buffer;
    list->nvEncLockBitstream = lock_bitstream;
    list->nvEncUnlockBitstream = unlock_bitstream;
    list->nvEncEncodePicture = encode_picture;
    return NV_ENC_SUCCESS;
}
