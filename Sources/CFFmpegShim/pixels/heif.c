/* SPDX-License-Identifier: Apache-2.0 */
/* HEIC and AVIF through libheif.
   FFmpeg 5.1 reads neither, and later versions leave putting tiles together to the caller. The library is loaded when it is
   needed, because it brings several codecs along; what is declared here has been its interface since 1.3 (2018). */
#include "heif.h"
#include "planes.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

enum { COLOURS_RGB = 1, CHROMA_RGB = 10, CHROMA_RGBA = 11, CHROMA_RGB16 = 14, CHROMA_RGBA16 = 15, INTERLEAVED = 10 };
enum { HEVC = 1, AV1 = 4 };

typedef struct { int code, detail; const char *message; } heif_error;
typedef struct heif_context heif_context;
typedef struct heif_handle heif_handle;
typedef struct heif_image heif_image;
typedef struct { uint8_t version; int primaries, transfer, matrix; uint8_t full_range; } heif_nclx;   /* its first fields */

#define FUNCTIONS(X)                                                                                                   \
    X(heif_context *, context_alloc, (void))                                                                           \
    X(void, context_free, (heif_context *))                                                                            \
    X(heif_error, context_read_from_memory_without_copy, (heif_context *, const void *, size_t, const void *))         \
    X(heif_error, context_get_primary_image_handle, (heif_context *, heif_handle **))                                  \
    X(void, image_handle_release, (const heif_handle *))                                                               \
    X(int, image_handle_get_width, (const heif_handle *))                                                              \
    X(int, image_handle_get_height, (const heif_handle *))                                                             \
    X(int, image_handle_has_alpha_channel, (const heif_handle *))                                                      \
    X(int, image_handle_get_luma_bits_per_pixel, (const heif_handle *))                                                \
    X(size_t, image_handle_get_raw_color_profile_size, (const heif_handle *))                                          \
    X(heif_error, image_handle_get_raw_color_profile, (const heif_handle *, void *))                                   \
    X(heif_error, image_handle_get_nclx_color_profile, (const heif_handle *, heif_nclx **))                            \
    X(void, nclx_color_profile_free, (heif_nclx *))                                                                    \
    X(heif_error, decode_image, (const heif_handle *, heif_image **, int, int, const void *))                          \
    X(int, image_get_width, (const heif_image *, int))                                                                 \
    X(int, image_get_height, (const heif_image *, int))                                                                \
    X(const uint8_t *, image_get_plane_readonly, (const heif_image *, int, int *))                                     \
    X(void, image_release, (const heif_image *))                                                                       \
    X(int, have_decoder_for_format, (int))

static struct {
    int is_there;
#define X(type, name, arguments) type(*name) arguments;
    FUNCTIONS(X)
#undef X
} heif;

static void load(void) {
    static const char *const names[] = {"libheif.so.1", "libheif.1.dylib", "/opt/homebrew/lib/libheif.1.dylib", NULL};
    void *library = cfs_library_open(names);
    if (!library) return;
    heif.is_there = 1;
#define X(type, name, arguments)                                                                                       \
    heif.name = (type(*) arguments)dlsym(library, "heif_" #name);                                                      \
    if (!heif.name) heif.is_there = 0;
    FUNCTIONS(X)
#undef X
}

int cfs_heif_is_there(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return heif.is_there;
}

/* Logs libheif's words and returns a status for its error. */
static int failed(heif_error error) {
    if (!error.code) return 0;
    av_log(NULL, AV_LOG_ERROR, "libheif: %s\n", error.message ? error.message : "unknown error");
    if (error.code == 6) return AVERROR(ENOMEM);                        /* memory allocation */
    return error.code == 4 || error.code == 3 ? AVERROR_PATCHWELCOME : AVERROR_INVALIDDATA;   /* unsupported */
}

/* Opens a file in memory, which must outlive the context. Free both with done(). */
static int open_primary(const uint8_t *bytes, size_t size, heif_context **context, heif_handle **handle) {
    *context = NULL;
    *handle = NULL;
    if (!cfs_heif_is_there()) return AVERROR_DECODER_NOT_FOUND;
    if (!(*context = heif.context_alloc())) return AVERROR(ENOMEM);
    int status = failed(heif.context_read_from_memory_without_copy(*context, bytes, size, NULL));
    return status ? status : failed(heif.context_get_primary_image_handle(*context, handle));
}

static void done(heif_context *context, heif_handle *handle) {
    if (handle) heif.image_handle_release(handle);
    if (context) heif.context_free(context);
}

int cfs_heif_read(const uint8_t *bytes, size_t size, cfs_heif_info *info) {
    *info = (cfs_heif_info){0};
    heif_context *context;
    heif_handle *handle;
    int status = open_primary(bytes, size, &context, &handle);
    if (!status) {
        info->width = heif.image_handle_get_width(handle);
        info->height = heif.image_handle_get_height(handle);
        info->has_alpha = heif.image_handle_has_alpha_channel(handle);
        info->has_profile = heif.image_handle_get_raw_color_profile_size(handle) > 0;
        info->can_decode = heif.have_decoder_for_format(HEVC) && heif.have_decoder_for_format(AV1);
        heif_nclx *nclx = NULL;
        if (!heif.image_handle_get_nclx_color_profile(handle, &nclx).code && nclx) {
            info->primaries = nclx->primaries;
            info->transfer = nclx->transfer;
            heif.nclx_color_profile_free(nclx);
        }
        if (info->width <= 0 || info->height <= 0) status = AVERROR_INVALIDDATA;
    }
    done(context, handle);
    return status;
}

/* Makes samples of `bits` fill 16. */
static void widen(cfs_picture *picture, int bits) {
    for (int p = 0; p < (picture->has_alpha ? 4 : 3); p++)
        for (int y = 0; y < picture->height; y++) {
            uint16_t *row = (uint16_t *)(void *)(picture->data[p] + (ptrdiff_t)y * picture->stride[p]);
            for (int x = 0; x < picture->width; x++)
                row[x] = (uint16_t)(row[x] << (16 - bits) | row[x] >> (2 * bits - 16));
        }
}

int cfs_heif_decode(const uint8_t *bytes, size_t size, int64_t max_pixels, cfs_picture **picture) {
    *picture = NULL;
    heif_context *context;
    heif_handle *handle;
    heif_image *image = NULL;
    AVBufferRef *profile = NULL;
    int status = open_primary(bytes, size, &context, &handle);
    if (status) goto end;
    int64_t width = heif.image_handle_get_width(handle), height = heif.image_handle_get_height(handle);
    int bits = heif.image_handle_get_luma_bits_per_pixel(handle);
    int has_alpha = heif.image_handle_has_alpha_channel(handle);
    if (bits < 8 || bits > 16 || width <= 0 || height <= 0 || width * height > max_pixels) {
        status = AVERROR_INVALIDDATA;
        goto end;
    }
    int chroma = bits > 8 ? (has_alpha ? CHROMA_RGBA16 : CHROMA_RGB16) : (has_alpha ? CHROMA_RGBA : CHROMA_RGB);
    if ((status = failed(heif.decode_image(handle, &image, COLOURS_RGB, chroma, NULL)))) goto end;
    size_t profile_size = heif.image_handle_get_raw_color_profile_size(handle);
    if (profile_size > 0) {
        if (!(profile = av_buffer_alloc(profile_size))) status = AVERROR(ENOMEM);
        else if (heif.image_handle_get_raw_color_profile(handle, profile->data).code) av_buffer_unref(&profile);
    }
    int shown_width = heif.image_get_width(image, INTERLEAVED), shown_height = heif.image_get_height(image, INTERLEAVED);
    if (!status && (shown_width <= 0 || shown_height <= 0 || (int64_t)shown_width * shown_height > max_pixels))
        status = AVERROR_INVALIDDATA;
    int stride = 0;
    const uint8_t *pixels = heif.image_get_plane_readonly(image, INTERLEAVED, &stride);
    if (!status && !pixels) status = AVERROR_INVALIDDATA;
    enum AVPixelFormat format = bits > 8 ? (has_alpha ? AV_PIX_FMT_RGBA64LE : AV_PIX_FMT_RGB48LE)
        : has_alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24;
    if (!status) status = cfs_describe_packed(pixels, stride, format, shown_width, shown_height, picture);
    if (*picture && bits > 8) widen(*picture, bits);
    if (*picture) {
        (*picture)->profile = profile;
        profile = NULL;
    }
end:
    av_buffer_unref(&profile);
    if (image) heif.image_release(image);
    done(context, handle);
    return status;
}
