/* SPDX-License-Identifier: Apache-2.0 */
/* A VA-API driver without hardware: it encodes H.264 and HEVC losslessly, as raw samples, on the processor. It stands in for a
   graphics card in tests, where a decoder gives back bit for bit what went in, and it fails where a test asks it to.

   clang -O2 -g -std=c11 -Wall -Wextra -Werror -fPIC -shared -o compose_standin_drv_video.so \
       va_driver.c lossless_h264.c lossless_hevc.c bytes.c

   libva finds it with LIBVA_DRIVERS_PATH=<folder> LIBVA_DRIVER_NAME=compose_standin; with drm.c preloaded, /dev/null is a
   device for it.

   What it does is set by environment variables, which are read whenever a display is initialised. One that it does not
   understand makes it refuse to, with a line on stderr.

   STANDIN_VA_INIT=fail           vaInitialize fails
   STANDIN_VA_FAIL_AT=n           vaEndPicture fails (VA_STATUS_ERROR_HW_BUSY) from the n-th picture of a context on; the first
                                  is 0
   STANDIN_VA_RC=list             rate controls offered, of cqp,cbr,vbr,icq,qvbr; default: all. They change nothing in the
                                  stream; they are checked and logged
   STANDIN_VA_ENTRYPOINT=which    normal (default): EncSlice; lowpower: EncSliceLP; none: VLD alone, as if the driver could only
                                  decode (it cannot: configurations are refused)
   STANDIN_VA_CODECS=list         of h264,hevc; default: both
   STANDIN_VA_PACKED=all|none     whether H.264 takes its headers from the caller; default: all. With none, and with HEVC
                                  always, the driver writes headers of its own, which know no colours, and every slice in them
                                  is an I slice
   STANDIN_VA_BFRAMES=0|1         whether B pictures are offered; default: 0
   STANDIN_VA_MIN=n               the smallest and the largest side of what can be encoded, in samples; defaults: 32 and 4096.
   STANDIN_VA_MAX=n               Contexts are bound to it, and it is reported; surfaces may be of any size, as with other drivers
   STANDIN_VA_LOG=path            appends lines, in the order in which things reach the driver:
       config profile=high entrypoint=normal rc=qvbr packed=0xd
       context 320x192
       sequence 320x180 gop=120 idr=120 ip=1 bps=0
       rate bps=8000000 target=50 window=1000 initial=26 min=0 max=0 quality=23   (quality: ICQ's factor if rc=icq)
       hrd size=8000000 initial=6000000
       framerate 25/1
       speed 4
       picture idr=1 type=I qp=23

   Without headers by the caller FFmpeg has none to give to the file beforehand: MP4 can do without, Matroska cannot.

   Limits: one slice a picture. HEVC has no room for the picture's real size in VA-API's parameters, so that it is the input
   surface's. Encoding happens in vaEndPicture, under the one lock that guards everything. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <va/va.h>
#include <va/va_backend.h>
#include <va/va_enc_h264.h>
#include <va/va_enc_hevc.h>

#include "bytes.h"

/* ---- Objects: everything that has a VA id ---- */

enum kind { CONFIG, SURFACE, CONTEXT, BUFFER, IMAGE };

enum { LARGEST_SURFACE = 1 << 14 };

/* The head of every object. */
struct object {
    enum kind kind;
};

/* Memory that a surface, an image's buffer or both own. */
struct memory {
    int owners;
    uint8_t bytes[];
};

/* Where the samples of an NV12 or P010 picture are. */
struct layout {
    uint32_t fourcc;
    int width, height;
    int sample_size;          /* 1, or 2 in P010 */
    uint32_t pitch;           /* bytes, of both planes */
    uint32_t chroma_offset;
    uint32_t size;
};

struct config {
    struct object object;
    VAProfile profile;
    VAEntrypoint entrypoint;
    uint32_t rt_format, rate_control, packed_headers;
};

struct surface {
    struct object object;
    struct layout layout;
    struct memory *memory;
};

struct image {
    struct object object;
    struct layout layout;
    VABufferID buffer;
};

struct buffer {
    struct object object;
    VABufferType type;
    uint32_t element_size, element_count;
    struct memory *memory;           /* the content; of coded buffers, none */
    struct bytes coded;              /* coded buffers: the last picture, which `segment` describes */
    VACodedBufferSegment segment;
};

/* The parameters of the picture that is being put together. */
struct picture {
    VASurfaceID surface;
    int is_begun, has_parameters, has_slice;
    union {
        VAEncPictureParameterBufferH264 h264;
        VAEncPictureParameterBufferHEVC hevc;
    } parameters;
    union {
        VAEncSliceParameterBufferH264 h264;
        VAEncSliceParameterBufferHEVC hevc;
    } slice;
    /* Headers by the caller. A buffer that describes one comes before the one that holds it. */
    VAEncPackedHeaderParameterBuffer next_header;
    struct bytes headers;            /* those before the slice's, ready for the stream */
    int has_slice_header;
    uint8_t slice_unit;              /* its NAL unit's header */
    struct bits slice_header;        /* what follows, without emulation prevention */
};

struct context {
    struct object object;
    VAProfile profile;
    uint32_t rate_control;
    int has_sequence;
    union {
        VAEncSequenceParameterBufferH264 h264;
        VAEncSequenceParameterBufferHEVC hevc;
    } sequence;
    uint32_t rate_num, rate_den;     /* frames per second, or 0 */
    int ended;                       /* pictures that have come to vaEndPicture */
    int number, idr_id;              /* as lossless_picture() wants them, of the next picture */
    struct picture picture;
};

struct driver {
    pthread_mutex_t lock;            /* guards everything below, and all objects */
    struct object **objects;         /* by id; empty places are NULL, and 0 is no id */
    size_t object_room;
    size_t first_free;               /* no place below is empty */
    FILE *log;                       /* or NULL */
    VAEntrypoint entrypoint;
    uint32_t rate_controls;
    int offers_h264, offers_hevc, offers_packed, offers_b;
    int smallest, largest;
    int fail_at;                     /* or -1 */
};

/* ---- Helpers ---- */

/* Ends the process when memory is out. */
static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (!memory) {
        fputs("stand-in: out of memory\n", stderr);
        abort();
    }
    return memory;
}

/* The driver of a display, locked. Every entry of the vtable starts with this and returns through leave(). */
static struct driver *enter(VADriverContextP va) {
    struct driver *driver = va->pDriverData;
    pthread_mutex_lock(&driver->lock);
    return driver;
}

static VAStatus leave(struct driver *driver, VAStatus status) {
    pthread_mutex_unlock(&driver->lock);
    return status;
}

/* Writes a line to the log, if there is one. */
static void __attribute__((format(printf, 2, 3))) note(struct driver *driver, const char *format, ...) {
    if (!driver->log) return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(driver->log, format, arguments);
    va_end(arguments);
    fputc('\n', driver->log);
    fflush(driver->log);
}

/* A new, zeroed object of `size` bytes, whose id is stored in `id`. delete_object() frees it. */
static void *new_object(struct driver *driver, enum kind kind, size_t size, unsigned *id) {
    size_t place = driver->first_free;
    while (place < driver->object_room && driver->objects[place]) place++;
    if (place >= driver->object_room) {
        size_t room = driver->object_room * 2 + 64;
        struct object **objects = allocate(room * sizeof *objects);
        for (size_t i = 0; i < driver->object_room; i++) objects[i] = driver->objects[i];
        free(driver->objects);
        driver->objects = objects;
        driver->object_room = room;
    }
    struct object *object = allocate(size);
    object->kind = kind;
    driver->objects[place] = object;
    driver->first_free = place + 1;
    *id = (unsigned)place;
    return object;
}

/* The object with that id if it is of that kind, or NULL. */
static void *find_object(struct driver *driver, enum kind kind, unsigned id) {
    if (id >= driver->object_room || !driver->objects[id] || driver->objects[id]->kind != kind) return NULL;
    return driver->objects[id];
}

static struct memory *new_memory(size_t size) {
    struct memory *memory = allocate(sizeof *memory + size);
    memory->owners = 1;
    return memory;
}

/* NULL is allowed. */
static void release_memory(struct memory *memory) {
    if (memory && --memory->owners == 0) free(memory);
}

/* Forgets the picture that is being put together. */
static void reset_picture(struct picture *picture) {
    free(picture->headers.data);
    free(picture->slice_header.bytes.data);
    memset(picture, 0, sizeof *picture);
}

/* Frees an object, whatever its kind, with what it owns; an image does not own its buffer object. */
static void delete_object(struct driver *driver, unsigned id) {
    struct object *object = driver->objects[id];
    if (object->kind == SURFACE) {
        release_memory(((struct surface *)object)->memory);
    } else if (object->kind == BUFFER) {
        release_memory(((struct buffer *)object)->memory);
        free(((struct buffer *)object)->coded.data);
    } else if (object->kind == CONTEXT) {
        reset_picture(&((struct context *)object)->picture);
    }
    free(object);
    driver->objects[id] = NULL;
    if (id < driver->first_free) driver->first_free = id;
}

/* Deletes an object of that kind, or says `missing`. */
static VAStatus destroy(VADriverContextP va, enum kind kind, unsigned id, VAStatus missing) {
    struct driver *driver = enter(va);
    if (!find_object(driver, kind, id)) return leave(driver, missing);
    delete_object(driver, id);
    return leave(driver, VA_STATUS_SUCCESS);
}

/* The layout of an NV12 or P010 picture; 0 if the format is another. */
static int make_layout(struct layout *layout, uint32_t fourcc, int width, int height) {
    if (fourcc != VA_FOURCC_NV12 && fourcc != VA_FOURCC_P010) return 0;
    int sample_size = fourcc == VA_FOURCC_P010 ? 2 : 1;
    uint32_t rows = ((uint32_t)height + 1) / 2 * 2;
    uint32_t pitch = (((uint32_t)width + 1) / 2 * 2 * (uint32_t)sample_size + 63) / 64 * 64;
    *layout = (struct layout){
        .fourcc = fourcc, .width = width, .height = height, .sample_size = sample_size,
        .pitch = pitch, .chroma_offset = pitch * rows, .size = pitch * rows / 2 * 3,
    };
    return 1;
}

/* ---- Profiles and configurations ---- */

static const VAProfile h264_profiles[] = {VAProfileH264ConstrainedBaseline, VAProfileH264Main, VAProfileH264High};
static const VAProfile hevc_profiles[] = {VAProfileHEVCMain, VAProfileHEVCMain10};

enum {
    H264_PROFILES = sizeof h264_profiles / sizeof *h264_profiles,
    HEVC_PROFILES = sizeof hevc_profiles / sizeof *hevc_profiles,
};

static int is_hevc(VAProfile profile) {
    return profile == VAProfileHEVCMain || profile == VAProfileHEVCMain10;
}

static int offers_profile(const struct driver *driver, VAProfile profile) {
    for (int i = 0; i < H264_PROFILES; i++)
        if (h264_profiles[i] == profile) return driver->offers_h264;
    return is_hevc(profile) && driver->offers_hevc;
}

static const char *profile_name(VAProfile profile) {
    switch (profile) {
    case VAProfileH264ConstrainedBaseline: return "constrained_baseline";
    case VAProfileH264Main: return "main";
    case VAProfileH264High: return "high";
    case VAProfileHEVCMain: return "hevc_main";
    case VAProfileHEVCMain10: return "hevc_main10";
    default: return "other";
    }
}

static const struct {
    const char *name;
    uint32_t flag;
} rate_control_names[] = {
    {"cqp", VA_RC_CQP}, {"cbr", VA_RC_CBR}, {"vbr", VA_RC_VBR}, {"icq", VA_RC_ICQ}, {"qvbr", VA_RC_QVBR},
};

enum { RATE_CONTROLS = sizeof rate_control_names / sizeof *rate_control_names };

static const char *rate_control_name(uint32_t flag) {
    for (int i = 0; i < RATE_CONTROLS; i++)
        if (rate_control_names[i].flag == flag) return rate_control_names[i].name;
    return "none";
}

static uint32_t rt_format_of(VAProfile profile) {
    return profile == VAProfileHEVCMain10 ? VA_RT_FORMAT_YUV420_10 : VA_RT_FORMAT_YUV420;
}

/* What a profile and an entry point can do: an attribute's value, or VA_ATTRIB_NOT_SUPPORTED. */
static uint32_t attribute_value(const struct driver *driver, VAProfile profile, VAEntrypoint entrypoint,
                                VAConfigAttribType type) {
    if (type == VAConfigAttribRTFormat) return rt_format_of(profile);
    if (type == VAConfigAttribMaxPictureWidth || type == VAConfigAttribMaxPictureHeight) return (uint32_t)driver->largest;
    if (entrypoint == VAEntrypointVLD) return VA_ATTRIB_NOT_SUPPORTED;
    switch (type) {
    case VAConfigAttribRateControl:
        return driver->rate_controls;
    case VAConfigAttribEncMaxRefFrames:
        return driver->offers_b ? 1 | 1 << 16 : 1;   /* pictures in list 0, and in list 1 */
    case VAConfigAttribEncPackedHeaders:
        if (is_hevc(profile) || !driver->offers_packed) return VA_ATTRIB_NOT_SUPPORTED;
        return VA_ENC_PACKED_HEADER_SEQUENCE | VA_ENC_PACKED_HEADER_SLICE | VA_ENC_PACKED_HEADER_MISC;
    default:
        return VA_ATTRIB_NOT_SUPPORTED;
    }
}

static VAStatus query_config_profiles(VADriverContextP va, VAProfile *profiles, int *count) {
    struct driver *driver = enter(va);
    *count = 0;
    for (int i = 0; driver->offers_h264 && i < H264_PROFILES; i++) profiles[(*count)++] = h264_profiles[i];
    for (int i = 0; driver->offers_hevc && i < HEVC_PROFILES; i++) profiles[(*count)++] = hevc_profiles[i];
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus query_config_entrypoints(VADriverContextP va, VAProfile profile, VAEntrypoint *entrypoints, int *count) {
    struct driver *driver = enter(va);
    if (!offers_profile(driver, profile)) return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_PROFILE);
    entrypoints[0] = driver->entrypoint;
    *count = 1;
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus get_config_attributes(VADriverContextP va, VAProfile profile, VAEntrypoint entrypoint, VAConfigAttrib *attributes,
                                      int count) {
    struct driver *driver = enter(va);
    if (!offers_profile(driver, profile)) return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_PROFILE);
    if (entrypoint != driver->entrypoint) return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_ENTRYPOINT);
    for (int i = 0; i < count; i++)
        attributes[i].value = attribute_value(driver, profile, entrypoint, attributes[i].type);
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus create_config(VADriverContextP va, VAProfile profile, VAEntrypoint entrypoint, VAConfigAttrib *attributes,
                              int count, VAConfigID *id) {
    struct driver *driver = enter(va);
    struct config wanted = {.profile = profile, .entrypoint = entrypoint, .rt_format = rt_format_of(profile)};
    if (!offers_profile(driver, profile)) return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_PROFILE);
    if (entrypoint != driver->entrypoint || entrypoint == VAEntrypointVLD)
        return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_ENTRYPOINT);
    for (int i = 0; i < count; i++) {
        uint32_t value = attributes[i].value, offered = attribute_value(driver, profile, entrypoint, attributes[i].type);
        if (offered == VA_ATTRIB_NOT_SUPPORTED) offered = 0;
        switch (attributes[i].type) {
        case VAConfigAttribRTFormat:
            if (!(value & offered)) return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT);
            break;
        case VAConfigAttribRateControl:
            if (value & ~offered) return leave(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED);
            wanted.rate_control = value;
            break;
        case VAConfigAttribEncPackedHeaders:
            if (value & ~offered) return leave(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED);
            wanted.packed_headers = value;
            break;
        default:
            break;
        }
    }
    struct config *config = new_object(driver, CONFIG, sizeof *config, id);
    wanted.object = config->object;
    *config = wanted;
    note(driver, "config profile=%s entrypoint=%s rc=%s packed=0x%x", profile_name(profile),
         entrypoint == VAEntrypointEncSliceLP ? "lowpower" : "normal", rate_control_name(config->rate_control),
         config->packed_headers);
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus destroy_config(VADriverContextP va, VAConfigID id) {
    return destroy(va, CONFIG, id, VA_STATUS_ERROR_INVALID_CONFIG);
}

/* What a configuration was made with; `attributes` has room for as many as va->max_attributes says. */
static VAStatus query_config_attributes(VADriverContextP va, VAConfigID id, VAProfile *profile, VAEntrypoint *entrypoint,
                                        VAConfigAttrib *attributes, int *count) {
    struct driver *driver = enter(va);
    struct config *config = find_object(driver, CONFIG, id);
    if (!config) return leave(driver, VA_STATUS_ERROR_INVALID_CONFIG);
    *profile = config->profile;
    *entrypoint = config->entrypoint;
    attributes[0] = (VAConfigAttrib){VAConfigAttribRTFormat, config->rt_format};
    attributes[1] = (VAConfigAttrib){VAConfigAttribRateControl, config->rate_control};
    attributes[2] = (VAConfigAttrib){VAConfigAttribEncPackedHeaders, config->packed_headers};
    *count = 3;
    return leave(driver, VA_STATUS_SUCCESS);
}

/* ---- Surfaces and images ---- */

static VAStatus query_surface_attributes(VADriverContextP va, VAConfigID id, VASurfaceAttrib *attributes, unsigned *count) {
    struct driver *driver = enter(va);
    struct config *config = find_object(driver, CONFIG, id);
    if (!config) return leave(driver, VA_STATUS_ERROR_INVALID_CONFIG);
    const struct {
        VASurfaceAttribType type;
        int value;
    } values[] = {
        {VASurfaceAttribPixelFormat, config->rt_format == VA_RT_FORMAT_YUV420_10 ? VA_FOURCC_P010 : VA_FOURCC_NV12},
        {VASurfaceAttribMinWidth, driver->smallest}, {VASurfaceAttribMinHeight, driver->smallest},
        {VASurfaceAttribMaxWidth, driver->largest}, {VASurfaceAttribMaxHeight, driver->largest},
    };
    const unsigned available = sizeof values / sizeof *values;
    unsigned room = *count;
    *count = available;
    if (!attributes) return leave(driver, VA_STATUS_SUCCESS);
    if (room < available) return leave(driver, VA_STATUS_ERROR_MAX_NUM_EXCEEDED);
    for (unsigned i = 0; i < available; i++) {
        memset(&attributes[i], 0, sizeof attributes[i]);
        attributes[i].type = values[i].type;
        attributes[i].flags = VA_SURFACE_ATTRIB_GETTABLE;
        if (values[i].type == VASurfaceAttribPixelFormat) attributes[i].flags |= VA_SURFACE_ATTRIB_SETTABLE;
        attributes[i].value.type = VAGenericValueTypeInteger;
        attributes[i].value.value.i = values[i].value;
    }
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus create_surfaces_2(VADriverContextP va, unsigned format, unsigned width, unsigned height, VASurfaceID *surfaces,
                                  unsigned count, VASurfaceAttrib *attributes, unsigned attribute_count) {
    struct driver *driver = enter(va);
    struct layout layout;
    uint32_t fourcc;
    if (format == VA_RT_FORMAT_YUV420) fourcc = VA_FOURCC_NV12;
    else if (format == VA_RT_FORMAT_YUV420_10) fourcc = VA_FOURCC_P010;
    else return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_RT_FORMAT);
    for (unsigned i = 0; i < attribute_count; i++) {
        if (attributes[i].type == VASurfaceAttribPixelFormat && attributes[i].value.value.i != (int)fourcc)
            return leave(driver, VA_STATUS_ERROR_ATTR_NOT_SUPPORTED);
        if (attributes[i].type == VASurfaceAttribMemoryType && attributes[i].value.value.i != VA_SURFACE_ATTRIB_MEM_TYPE_VA)
            return leave(driver, VA_STATUS_ERROR_UNSUPPORTED_MEMORY_TYPE);
    }
    if (width < 1 || height < 1 || width > LARGEST_SURFACE || height > LARGEST_SURFACE)
        return leave(driver, VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED);
    make_layout(&layout, fourcc, (int)width, (int)height);
    for (unsigned i = 0; i < count; i++) {
        struct surface *surface = new_object(driver, SURFACE, sizeof *surface, &surfaces[i]);
        surface->layout = layout;
        surface->memory = new_memory(layout.size);
    }
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus create_surfaces(VADriverContextP va, int width, int height, int format, int count, VASurfaceID *surfaces) {
    return create_surfaces_2(va, (unsigned)format, (unsigned)width, (unsigned)height, surfaces, (unsigned)count, NULL, 0);
}

static VAStatus destroy_surfaces(VADriverContextP va, VASurfaceID *surfaces, int count) {
    VAStatus status = VA_STATUS_SUCCESS;
    for (int i = 0; i < count; i++) {
        VAStatus one = destroy(va, SURFACE, surfaces[i], VA_STATUS_ERROR_INVALID_SURFACE);
        if (one != VA_STATUS_SUCCESS) status = one;
    }
    return status;
}

/* Surfaces are always ready: vaEndPicture has encoded what was to encode. */
static VAStatus sync_surface(VADriverContextP va, VASurfaceID id) {
    struct driver *driver = enter(va);
    return leave(driver, find_object(driver, SURFACE, id) ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_SURFACE);
}

static VAStatus query_surface_status(VADriverContextP va, VASurfaceID id, VASurfaceStatus *status) {
    *status = VASurfaceReady;
    return sync_surface(va, id);
}

static const VAImageFormat image_formats[] = {
    {.fourcc = VA_FOURCC_NV12, .byte_order = VA_LSB_FIRST, .bits_per_pixel = 12},
    {.fourcc = VA_FOURCC_P010, .byte_order = VA_LSB_FIRST, .bits_per_pixel = 24},
};

enum { IMAGE_FORMATS = sizeof image_formats / sizeof *image_formats };

static VAStatus query_image_formats(VADriverContextP va, VAImageFormat *formats, int *count) {
    (void)va;
    memcpy(formats, image_formats, sizeof image_formats);
    *count = IMAGE_FORMATS;
    return VA_STATUS_SUCCESS;
}

/* A new image in `memory`, of which it takes over one share. */
static void new_image(struct driver *driver, const struct layout *layout, struct memory *memory, VAImage *result) {
    unsigned id, buffer_id;
    struct buffer *buffer = new_object(driver, BUFFER, sizeof *buffer, &buffer_id);
    buffer->type = VAImageBufferType;
    buffer->element_size = layout->size;
    buffer->element_count = 1;
    buffer->memory = memory;
    struct image *image = new_object(driver, IMAGE, sizeof *image, &id);
    image->layout = *layout;
    image->buffer = buffer_id;
    *result = (VAImage){
        .image_id = id, .buf = buffer_id, .format = image_formats[layout->fourcc == VA_FOURCC_P010],
        .width = (uint16_t)layout->width, .height = (uint16_t)layout->height, .data_size = layout->size, .num_planes = 2,
        .pitches = {layout->pitch, layout->pitch}, .offsets = {0, layout->chroma_offset},
    };
}

static VAStatus create_image(VADriverContextP va, VAImageFormat *format, int width, int height, VAImage *image) {
    struct driver *driver = enter(va);
    struct layout layout;
    if (width < 1 || height < 1 || width > LARGEST_SURFACE || height > LARGEST_SURFACE)
        return leave(driver, VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED);
    if (!make_layout(&layout, format->fourcc, width, height)) return leave(driver, VA_STATUS_ERROR_INVALID_IMAGE_FORMAT);
    new_image(driver, &layout, new_memory(layout.size), image);
    return leave(driver, VA_STATUS_SUCCESS);
}

/* An image that is the surface's own memory. */
static VAStatus derive_image(VADriverContextP va, VASurfaceID id, VAImage *image) {
    struct driver *driver = enter(va);
    struct surface *surface = find_object(driver, SURFACE, id);
    if (!surface) return leave(driver, VA_STATUS_ERROR_INVALID_SURFACE);
    surface->memory->owners++;
    new_image(driver, &surface->layout, surface->memory, image);
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus destroy_image(VADriverContextP va, VAImageID id) {
    struct driver *driver = enter(va);
    struct image *image = find_object(driver, IMAGE, id);
    if (!image) return leave(driver, VA_STATUS_ERROR_INVALID_IMAGE);
    if (find_object(driver, BUFFER, image->buffer)) delete_object(driver, image->buffer);
    delete_object(driver, id);
    return leave(driver, VA_STATUS_SUCCESS);
}

/* One of two pictures between which samples are copied, and the corner of the part that is meant. */
struct part {
    const struct layout *layout;
    uint8_t *bytes;
    int x, y;
};

static int is_inside(const struct part *part, unsigned width, unsigned height) {
    return part->x >= 0 && part->y >= 0 && width <= (unsigned)part->layout->width && height <= (unsigned)part->layout->height
           && (unsigned)part->x <= (unsigned)part->layout->width - width
           && (unsigned)part->y <= (unsigned)part->layout->height - height;
}

/* Copies between pictures of one format. */
static VAStatus copy_part(struct part to, struct part from, unsigned width, unsigned height) {
    if (to.layout->fourcc != from.layout->fourcc) return VA_STATUS_ERROR_INVALID_IMAGE_FORMAT;
    if (!is_inside(&to, width, height) || !is_inside(&from, width, height)) return VA_STATUS_ERROR_INVALID_PARAMETER;
    size_t sample_size = (size_t)to.layout->sample_size, pair = 2 * sample_size;
    for (unsigned i = 0; i < height; i++)
        memcpy(to.bytes + to.layout->pitch * (size_t)(to.y + (int)i) + (size_t)to.x * sample_size,
               from.bytes + from.layout->pitch * (size_t)(from.y + (int)i) + (size_t)from.x * sample_size, width * sample_size);
    for (unsigned i = 0; i < (height + 1) / 2; i++)
        memcpy(to.bytes + to.layout->chroma_offset + to.layout->pitch * (size_t)(to.y / 2 + (int)i) + (size_t)(to.x / 2) * pair,
               from.bytes + from.layout->chroma_offset + from.layout->pitch * (size_t)(from.y / 2 + (int)i)
                   + (size_t)(from.x / 2) * pair,
               (width + 1) / 2 * pair);
    return VA_STATUS_SUCCESS;
}

/* The image's samples, from (x, y) on; 0 if there is no such image. */
static int image_part(struct driver *driver, VAImageID id, int x, int y, struct part *part) {
    struct image *image = find_object(driver, IMAGE, id);
    struct buffer *buffer = image ? find_object(driver, BUFFER, image->buffer) : NULL;
    if (!buffer) return 0;
    *part = (struct part){&image->layout, buffer->memory->bytes, x, y};
    return 1;
}

/* From a surface to an image. */
static VAStatus get_image(VADriverContextP va, VASurfaceID surface_id, int x, int y, unsigned width, unsigned height,
                          VAImageID image_id) {
    struct driver *driver = enter(va);
    struct surface *surface = find_object(driver, SURFACE, surface_id);
    struct part to;
    if (!surface) return leave(driver, VA_STATUS_ERROR_INVALID_SURFACE);
    if (!image_part(driver, image_id, 0, 0, &to)) return leave(driver, VA_STATUS_ERROR_INVALID_IMAGE);
    return leave(driver, copy_part(to, (struct part){&surface->layout, surface->memory->bytes, x, y}, width, height));
}

/* From an image to a surface, without scaling. */
static VAStatus put_image(VADriverContextP va, VASurfaceID surface_id, VAImageID image_id, int from_x, int from_y,
                          unsigned from_width, unsigned from_height, int to_x, int to_y, unsigned to_width, unsigned to_height) {
    struct driver *driver = enter(va);
    struct surface *surface = find_object(driver, SURFACE, surface_id);
    struct part from;
    if (!surface) return leave(driver, VA_STATUS_ERROR_INVALID_SURFACE);
    if (!image_part(driver, image_id, from_x, from_y, &from)) return leave(driver, VA_STATUS_ERROR_INVALID_IMAGE);
    if (from_width != to_width || from_height != to_height) return leave(driver, VA_STATUS_ERROR_UNIMPLEMENTED);
    struct part to = {&surface->layout, surface->memory->bytes, to_x, to_y};
    return leave(driver, copy_part(to, from, to_width, to_height));
}

/* ---- Contexts and buffers ---- */

static VAStatus create_context(VADriverContextP va, VAConfigID config_id, int width, int height, int flags,
                               VASurfaceID *surfaces, int surface_count, VAContextID *id) {
    (void)flags; (void)surfaces; (void)surface_count;
    struct driver *driver = enter(va);
    struct config *config = find_object(driver, CONFIG, config_id);
    if (!config) return leave(driver, VA_STATUS_ERROR_INVALID_CONFIG);
    if (width < driver->smallest || height < driver->smallest || width > driver->largest || height > driver->largest)
        return leave(driver, VA_STATUS_ERROR_RESOLUTION_NOT_SUPPORTED);
    struct context *context = new_object(driver, CONTEXT, sizeof *context, id);
    context->profile = config->profile;
    context->rate_control = config->rate_control;
    note(driver, "context %dx%d", width, height);
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus destroy_context(VADriverContextP va, VAContextID id) {
    return destroy(va, CONTEXT, id, VA_STATUS_ERROR_INVALID_CONTEXT);
}

static VAStatus create_buffer(VADriverContextP va, VAContextID context, VABufferType type, unsigned size, unsigned count,
                              void *data, VABufferID *id) {
    struct driver *driver = enter(va);
    if (!find_object(driver, CONTEXT, context)) return leave(driver, VA_STATUS_ERROR_INVALID_CONTEXT);
    if ((uint64_t)size * count > 1u << 30) return leave(driver, VA_STATUS_ERROR_ALLOCATION_FAILED);
    struct buffer *buffer = new_object(driver, BUFFER, sizeof *buffer, id);
    buffer->type = type;
    buffer->element_size = size;
    buffer->element_count = count;
    if (type != VAEncCodedBufferType) {
        buffer->memory = new_memory((size_t)size * count);
        if (data) memcpy(buffer->memory->bytes, data, (size_t)size * count);
    }
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus map_buffer(VADriverContextP va, VABufferID id, void **data) {
    struct driver *driver = enter(va);
    struct buffer *buffer = find_object(driver, BUFFER, id);
    if (!buffer) return leave(driver, VA_STATUS_ERROR_INVALID_BUFFER);
    *data = buffer->memory ? (void *)buffer->memory->bytes : (void *)&buffer->segment;
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus unmap_buffer(VADriverContextP va, VABufferID id) {
    struct driver *driver = enter(va);
    return leave(driver, find_object(driver, BUFFER, id) ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_INVALID_BUFFER);
}

static VAStatus destroy_buffer(VADriverContextP va, VABufferID id) {
    return destroy(va, BUFFER, id, VA_STATUS_ERROR_INVALID_BUFFER);
}

#if VA_CHECK_VERSION(1, 9, 0)
/* Coded buffers are always ready, like surfaces. */
static VAStatus sync_buffer(VADriverContextP va, VABufferID id, uint64_t timeout) {
    (void)timeout;
    return unmap_buffer(va, id);
}
#endif

/* ---- Pictures: what arrives ---- */

/* The buffer's content if it is at least as large as what is expected of it, or NULL. */
static const void *content(const struct buffer *buffer, size_t size) {
    return buffer->memory && (size_t)buffer->element_size * buffer->element_count >= size ? buffer->memory->bytes : NULL;
}

/* The size of an H.264 sequence's pictures, without what is cropped; 0 if it makes no sense. */
static int h264_size(const VAEncSequenceParameterBufferH264 *sequence, int *width, int *height) {
    int64_t w = sequence->picture_width_in_mbs * 16, h = sequence->picture_height_in_mbs * 16;
    if (sequence->frame_cropping_flag) {
        w -= 2 * ((int64_t)sequence->frame_crop_left_offset + sequence->frame_crop_right_offset);
        h -= 2 * ((int64_t)sequence->frame_crop_top_offset + sequence->frame_crop_bottom_offset);
    }
    if (w < 1 || h < 1) return 0;
    *width = (int)w;
    *height = (int)h;
    return 1;
}

static VAStatus take_sequence(struct driver *driver, struct context *context, const struct buffer *buffer) {
    int width, height;
    if (is_hevc(context->profile)) {
        const VAEncSequenceParameterBufferHEVC *sequence = content(buffer, sizeof *sequence);
        if (!sequence) return VA_STATUS_ERROR_INVALID_BUFFER;
        width = sequence->pic_width_in_luma_samples;
        height = sequence->pic_height_in_luma_samples;
        if (width < 1 || height < 1) return VA_STATUS_ERROR_INVALID_PARAMETER;
        context->sequence.hevc = *sequence;
        note(driver, "sequence %dx%d gop=%u idr=%u ip=%u bps=%u", width, height, sequence->intra_period,
             sequence->intra_idr_period, sequence->ip_period, sequence->bits_per_second);
    } else {
        const VAEncSequenceParameterBufferH264 *sequence = content(buffer, sizeof *sequence);
        if (!sequence) return VA_STATUS_ERROR_INVALID_BUFFER;
        if (!h264_size(sequence, &width, &height)) return VA_STATUS_ERROR_INVALID_PARAMETER;
        context->sequence.h264 = *sequence;
        note(driver, "sequence %dx%d gop=%u idr=%u ip=%u bps=%u", width, height, sequence->intra_period,
             sequence->intra_idr_period, sequence->ip_period, sequence->bits_per_second);
    }
    context->has_sequence = 1;
    return VA_STATUS_SUCCESS;
}

static VAStatus take_picture_parameters(struct context *context, const struct buffer *buffer) {
    size_t size = is_hevc(context->profile) ? sizeof(VAEncPictureParameterBufferHEVC) : sizeof(VAEncPictureParameterBufferH264);
    const void *parameters = content(buffer, size);
    if (!parameters) return VA_STATUS_ERROR_INVALID_BUFFER;
    memcpy(&context->picture.parameters, parameters, size);
    context->picture.has_parameters = 1;
    return VA_STATUS_SUCCESS;
}

static VAStatus take_slice_parameters(struct context *context, const struct buffer *buffer) {
    size_t size = is_hevc(context->profile) ? sizeof(VAEncSliceParameterBufferHEVC) : sizeof(VAEncSliceParameterBufferH264);
    const void *parameters = content(buffer, size);
    if (!parameters) return VA_STATUS_ERROR_INVALID_BUFFER;
    if (context->picture.has_slice || buffer->element_count > 1) return VA_STATUS_ERROR_UNIMPLEMENTED;
    memcpy(&context->picture.slice, parameters, size);
    context->picture.has_slice = 1;
    return VA_STATUS_SUCCESS;
}

static VAStatus take_misc(struct driver *driver, struct context *context, const struct buffer *buffer) {
    const VAEncMiscParameterBuffer *misc = content(buffer, sizeof *misc);
    if (!misc) return VA_STATUS_ERROR_INVALID_BUFFER;
    size_t size = (size_t)buffer->element_size * buffer->element_count - sizeof *misc;
    if (misc->type == VAEncMiscParameterTypeRateControl && size >= sizeof(VAEncMiscParameterRateControl)) {
        const VAEncMiscParameterRateControl *rate = (const void *)misc->data;
        note(driver, "rate bps=%u target=%u window=%u initial=%u min=%u max=%u quality=%u", rate->bits_per_second,
             rate->target_percentage, rate->window_size, rate->initial_qp, rate->min_qp, rate->max_qp,
             context->rate_control == VA_RC_ICQ ? rate->ICQ_quality_factor : rate->quality_factor);
    } else if (misc->type == VAEncMiscParameterTypeHRD && size >= sizeof(VAEncMiscParameterHRD)) {
        const VAEncMiscParameterHRD *hrd = (const void *)misc->data;
        note(driver, "hrd size=%u initial=%u", hrd->buffer_size, hrd->initial_buffer_fullness);
    } else if (misc->type == VAEncMiscParameterTypeFrameRate && size >= sizeof(VAEncMiscParameterFrameRate)) {
        const VAEncMiscParameterFrameRate *rate = (const void *)misc->data;
        context->rate_num = rate->framerate & 0xffff;
        context->rate_den = rate->framerate >> 16 ? rate->framerate >> 16 : 1;
        note(driver, "framerate %u/%u", context->rate_num, context->rate_den);
    } else if (misc->type == VAEncMiscParameterTypeQualityLevel && size >= sizeof(VAEncMiscParameterBufferQualityLevel)) {
        note(driver, "speed %u", ((const VAEncMiscParameterBufferQualityLevel *)(const void *)misc->data)->quality_level);
    }
    return VA_STATUS_SUCCESS;
}

/* Where the first or the last NAL unit in `data` starts, behind its start code; `count` if there is none. */
static size_t find_unit(const uint8_t *data, size_t count, int last) {
    size_t found = count;
    for (size_t i = 0; i + 3 < count; i++) {
        if (data[i] || data[i + 1] || data[i + 2] != 1) continue;
        found = i + 3;
        if (!last) break;
    }
    return found;
}

/* A header by the caller. It has all its start codes. With emulation prevention done there may be several units in it (FFmpeg
   puts SPS and PPS into one, and an access unit delimiter before the slice), otherwise it is one. A slice's is kept apart, and
   as bits, because slice data follow without a break. */
static VAStatus take_packed_header(struct picture *picture, const struct buffer *buffer) {
    const VAEncPackedHeaderParameterBuffer header = picture->next_header;
    memset(&picture->next_header, 0, sizeof picture->next_header);
    size_t count = ((size_t)header.bit_length + 7) / 8;
    const uint8_t *data = content(buffer, count);
    if (!data) return VA_STATUS_ERROR_INVALID_BUFFER;
    if (!count) return VA_STATUS_SUCCESS;
    int is_slice = header.type == VAEncPackedHeaderSlice;
    size_t unit = find_unit(data, count, is_slice && header.has_emulation_bytes);
    if (unit >= count) return VA_STATUS_ERROR_INVALID_PARAMETER;
    struct bytes payload = {0};
    if (is_slice) {
        if (picture->has_slice_header) return VA_STATUS_ERROR_UNIMPLEMENTED;
        size_t start_code = unit > 3 && data[unit - 4] == 0 ? 4 : 3;
        bytes_append(&picture->headers, data, unit - start_code);
        if (header.has_emulation_bytes) nal_unescape(&payload, data + unit + 1, count - unit - 1);
        else bytes_append(&payload, data + unit + 1, count - unit - 1);
        picture->slice_unit = data[unit];
        picture->slice_header = (struct bits){.bytes = payload};
        int rest = header.bit_length % 8;
        if (rest && payload.count) {   /* the last byte is not whole */
            picture->slice_header.pending = payload.data[payload.count - 1] >> (8 - rest);
            picture->slice_header.pending_count = rest;
            picture->slice_header.bytes.count--;
        }
        picture->has_slice_header = 1;
    } else if (header.has_emulation_bytes) {
        bytes_append(&picture->headers, data, count);
    } else {
        bytes_append(&payload, data + unit + 1, count - unit - 1);
        nal_append(&picture->headers, data + unit, 1, &payload);
        free(payload.data);
    }
    return VA_STATUS_SUCCESS;
}

static VAStatus take_buffer(struct driver *driver, struct context *context, const struct buffer *buffer) {
    switch (buffer->type) {
    case VAEncSequenceParameterBufferType: return take_sequence(driver, context, buffer);
    case VAEncPictureParameterBufferType: return take_picture_parameters(context, buffer);
    case VAEncSliceParameterBufferType: return take_slice_parameters(context, buffer);
    case VAEncMiscParameterBufferType: return take_misc(driver, context, buffer);
    case VAEncPackedHeaderParameterBufferType: {
        const VAEncPackedHeaderParameterBuffer *header = content(buffer, sizeof *header);
        if (!header) return VA_STATUS_ERROR_INVALID_BUFFER;
        context->picture.next_header = *header;
        return VA_STATUS_SUCCESS;
    }
    case VAEncPackedHeaderDataBufferType: return take_packed_header(&context->picture, buffer);
    default: return VA_STATUS_SUCCESS;   /* quantiser matrices and the like, which raw samples do not need */
    }
}

static VAStatus begin_picture(VADriverContextP va, VAContextID id, VASurfaceID surface) {
    struct driver *driver = enter(va);
    struct context *context = find_object(driver, CONTEXT, id);
    if (!context) return leave(driver, VA_STATUS_ERROR_INVALID_CONTEXT);
    if (!find_object(driver, SURFACE, surface)) return leave(driver, VA_STATUS_ERROR_INVALID_SURFACE);
    reset_picture(&context->picture);
    context->picture.surface = surface;
    context->picture.is_begun = 1;
    return leave(driver, VA_STATUS_SUCCESS);
}

static VAStatus render_picture(VADriverContextP va, VAContextID id, VABufferID *buffers, int count) {
    struct driver *driver = enter(va);
    struct context *context = find_object(driver, CONTEXT, id);
    if (!context) return leave(driver, VA_STATUS_ERROR_INVALID_CONTEXT);
    VAStatus status = context->picture.is_begun ? VA_STATUS_SUCCESS : VA_STATUS_ERROR_OPERATION_FAILED;
    for (int i = 0; i < count && status == VA_STATUS_SUCCESS; i++) {
        struct buffer *buffer = find_object(driver, BUFFER, buffers[i]);
        status = buffer ? take_buffer(driver, context, buffer) : VA_STATUS_ERROR_INVALID_BUFFER;
    }
    return leave(driver, status);
}

/* ---- Pictures: encoding ---- */

static int minimum(int a, int b) {
    return a < b ? a : b;
}

/* Appends the picture with headers of the driver's own. `order` is where it is shown, counted from the last IDR, and `between`
   how many B pictures stand between two others. */
static void encode_alone(struct context *context, const struct surface *surface, const struct lossless_stream *stream, int is_idr,
                         int with_headers, int order, int between, struct bytes *out) {
    const uint8_t *chroma = surface->memory->bytes + surface->layout.chroma_offset;
    const struct lossless_picture picture = {
        .y = surface->memory->bytes, .u = chroma, .v = chroma + surface->layout.sample_size, .y_stride = surface->layout.pitch,
        .chroma_stride = surface->layout.pitch, .chroma_step = 2, .shift = stream->bits > 8 ? 6 : 0,
    };
    if (is_idr) {
        context->number = 0;
        context->idr_id++;
        order = 0;
    }
    if (with_headers) lossless_headers_reordered(out, stream, minimum(between, 14));
    lossless_picture_ordered(out, stream, &picture, is_idr, context->number, context->idr_id, order);
    context->number++;
}

static VAStatus encode_h264(struct driver *driver, struct context *context, const struct surface *surface, struct bytes *out) {
    const VAEncSequenceParameterBufferH264 *sequence = &context->sequence.h264;
    struct picture *picture = &context->picture;
    const VAEncPictureParameterBufferH264 *parameters = &picture->parameters.h264;
    const VAEncSliceParameterBufferH264 *slice = &picture->slice.h264;
    int is_idr = parameters->pic_fields.bits.idr_pic_flag, type = slice->slice_type % 5;
    int qp = parameters->pic_init_qp + slice->slice_qp_delta;
    int mb_width = sequence->picture_width_in_mbs, mb_height = sequence->picture_height_in_mbs;
    if (surface->layout.sample_size != 1) return VA_STATUS_ERROR_INVALID_SURFACE;
    if (type > H264_SLICE_I || slice->cabac_init_idc > 2) return VA_STATUS_ERROR_INVALID_PARAMETER;
    if (slice->macroblock_address || slice->num_macroblocks != (uint32_t)(mb_width * mb_height))
        return VA_STATUS_ERROR_UNIMPLEMENTED;
    note(driver, "picture idr=%d type=%c qp=%d", is_idr, "PBI"[type], qp);

    if (picture->has_slice_header) {
        const uint8_t *chroma = surface->memory->bytes + surface->layout.chroma_offset;
        const struct lossless_picture samples = {
            .y = surface->memory->bytes, .u = chroma, .v = chroma + 1, .y_stride = surface->layout.pitch,
            .chroma_stride = surface->layout.pitch, .chroma_step = 2,
        };
        const struct h264_slice coding = {
            .type = (enum h264_slice_type)type, .mb_width = mb_width, .mb_height = mb_height,
            .uses_cabac = parameters->pic_fields.bits.entropy_coding_mode_flag, .cabac_init_idc = slice->cabac_init_idc, .qp = qp,
        };
        h264_slice_data(&picture->slice_header, &samples, surface->layout.width, surface->layout.height, &coding);
        bytes_append(out, picture->headers.data, picture->headers.count);
        nal_append(out, &picture->slice_unit, 1, &picture->slice_header.bytes);
        return VA_STATUS_SUCCESS;
    }

    struct lossless_stream stream = {.codec = LOSSLESS_H264, .bits = 8, .primaries = 2, .transfer = 2, .matrix = 2};
    h264_size(sequence, &stream.width, &stream.height);
    stream.width = minimum(stream.width, surface->layout.width);
    stream.height = minimum(stream.height, surface->layout.height);
    if (sequence->vui_parameters_present_flag) {
        stream.time_scale = sequence->time_scale;
        stream.num_units = sequence->num_units_in_tick;
    }
    encode_alone(context, surface, &stream, is_idr, is_idr || type == H264_SLICE_I, parameters->CurrPic.TopFieldOrderCnt,
                 sequence->ip_period > 1 ? (int)sequence->ip_period - 1 : 0, out);
    return VA_STATUS_SUCCESS;
}

static VAStatus encode_hevc(struct driver *driver, struct context *context, const struct surface *surface, struct bytes *out) {
    const VAEncSequenceParameterBufferHEVC *sequence = &context->sequence.hevc;
    const VAEncPictureParameterBufferHEVC *parameters = &context->picture.parameters.hevc;
    const VAEncSliceParameterBufferHEVC *slice = &context->picture.slice.hevc;
    int is_idr = parameters->pic_fields.bits.idr_pic_flag, bits = context->profile == VAProfileHEVCMain10 ? 10 : 8;
    if (surface->layout.sample_size != (bits > 8 ? 2 : 1)) return VA_STATUS_ERROR_INVALID_SURFACE;
    if (slice->slice_type > 2) return VA_STATUS_ERROR_INVALID_PARAMETER;
    if (slice->slice_segment_address) return VA_STATUS_ERROR_UNIMPLEMENTED;
    note(driver, "picture idr=%d type=%c qp=%d", is_idr, "BPI"[slice->slice_type],
         parameters->pic_init_qp + slice->slice_qp_delta);
    const struct lossless_stream stream = {
        .codec = LOSSLESS_HEVC, .bits = bits, .primaries = 2, .transfer = 2, .matrix = 2,
        .width = minimum(sequence->pic_width_in_luma_samples, surface->layout.width),
        .height = minimum(sequence->pic_height_in_luma_samples, surface->layout.height),
        .time_scale = context->rate_num, .num_units = context->rate_den,
    };
    encode_alone(context, surface, &stream, is_idr, is_idr || slice->slice_type == 2, parameters->decoded_curr_pic.pic_order_cnt,
                 sequence->ip_period > 1 ? (int)sequence->ip_period - 1 : 0, out);
    return VA_STATUS_SUCCESS;
}

/* Encodes the picture into its coded buffer. */
static VAStatus encode(struct driver *driver, struct context *context) {
    struct picture *picture = &context->picture;
    if (!picture->is_begun || !picture->has_parameters || !picture->has_slice || !context->has_sequence)
        return VA_STATUS_ERROR_INVALID_PARAMETER;
    int hevc = is_hevc(context->profile);
    struct surface *surface = find_object(driver, SURFACE, picture->surface);
    VABufferID coded_id = hevc ? picture->parameters.hevc.coded_buf : picture->parameters.h264.coded_buf;
    struct buffer *coded = find_object(driver, BUFFER, coded_id);
    if (!surface) return VA_STATUS_ERROR_INVALID_SURFACE;
    if (!coded || coded->type != VAEncCodedBufferType) return VA_STATUS_ERROR_INVALID_BUFFER;
    coded->coded.count = 0;
    VAStatus status = (hevc ? encode_hevc : encode_h264)(driver, context, surface, &coded->coded);
    coded->segment = (VACodedBufferSegment){.size = (uint32_t)coded->coded.count, .buf = coded->coded.data};
    return status;
}

static VAStatus end_picture(VADriverContextP va, VAContextID id) {
    struct driver *driver = enter(va);
    struct context *context = find_object(driver, CONTEXT, id);
    if (!context) return leave(driver, VA_STATUS_ERROR_INVALID_CONTEXT);
    int fails = driver->fail_at >= 0 && context->ended >= driver->fail_at;
    VAStatus status = fails ? VA_STATUS_ERROR_HW_BUSY : encode(driver, context);
    if (!fails) context->ended++;
    reset_picture(&context->picture);
    return leave(driver, status);
}

/* ---- The driver itself ---- */

/* Whether `word` is in a list with commas. */
static int has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (!strncmp(at, word, length) && (at[length] == ',' || at[length] == 0)) return 1;
    return 0;
}

/* Which of `count` words are in a variable's list, as bits; all if it is not set, and -1 if something else is in it. */
static int read_words(const char *name, const char *const *words, int count) {
    const char *list = getenv(name);
    int found = 0, known = 0, total = 1;
    if (!list) return (1 << count) - 1;
    for (int i = 0; i < count; i++) {
        if (!has_word(list, words[i])) continue;
        found |= 1 << i;
        known++;
    }
    for (const char *at = list; *at; at++) total += *at == ',';
    if (*list && known == total) return found;
    fprintf(stderr, "stand-in: %s=%s is not understood\n", name, list);
    return -1;
}

/* The place of a variable's value in `words`, 0 if it is not set, -1 if it is something else. */
static int read_word(const char *name, const char *const *words, int count) {
    const char *value = getenv(name);
    if (!value) return 0;
    for (int i = 0; i < count; i++)
        if (!strcmp(value, words[i])) return i;
    fprintf(stderr, "stand-in: %s=%s is not understood\n", name, value);
    return -1;
}

/* A variable's number into `number`, which keeps its value if it is not set; 0 if it is none. */
static int read_number(const char *name, int *number) {
    const char *value = getenv(name);
    if (!value) return 1;
    char *end;
    long read = strtol(value, &end, 10);
    if (end != value && !*end && read >= 0 && read <= LARGEST_SURFACE) {
        *number = (int)read;
        return 1;
    }
    fprintf(stderr, "stand-in: %s=%s is not understood\n", name, value);
    return 0;
}

/* Sets the driver up as the environment says; 0 if it says something else. */
static int read_environment(struct driver *driver) {
    static const char *const codecs[] = {"h264", "hevc"}, *const packed[] = {"all", "none"}, *const no_yes[] = {"0", "1"};
    static const char *const entrypoints[] = {"normal", "lowpower", "none"};
    static const VAEntrypoint entrypoint_values[] = {VAEntrypointEncSlice, VAEntrypointEncSliceLP, VAEntrypointVLD};
    const char *rate_controls[RATE_CONTROLS];
    for (int i = 0; i < RATE_CONTROLS; i++) rate_controls[i] = rate_control_names[i].name;

    int codec = read_words("STANDIN_VA_CODECS", codecs, 2), rates = read_words("STANDIN_VA_RC", rate_controls, RATE_CONTROLS);
    int entrypoint = read_word("STANDIN_VA_ENTRYPOINT", entrypoints, 3), headers = read_word("STANDIN_VA_PACKED", packed, 2);
    int b_frames = read_word("STANDIN_VA_BFRAMES", no_yes, 2);
    driver->smallest = 32;
    driver->largest = 4096;
    driver->fail_at = -1;
    if (codec < 0 || rates < 0 || entrypoint < 0 || headers < 0 || b_frames < 0) return 0;
    if (!read_number("STANDIN_VA_MIN", &driver->smallest) || !read_number("STANDIN_VA_MAX", &driver->largest)) return 0;
    if (!read_number("STANDIN_VA_FAIL_AT", &driver->fail_at)) return 0;
    if (driver->smallest < 1) driver->smallest = 1;
    driver->offers_h264 = codec & 1;
    driver->offers_hevc = codec >> 1;
    driver->offers_packed = headers == 0;
    driver->offers_b = b_frames;
    driver->entrypoint = entrypoint_values[entrypoint];
    for (int i = 0; i < RATE_CONTROLS; i++)
        if (rates >> i & 1) driver->rate_controls |= rate_control_names[i].flag;
    return 1;
}

/* Frees the driver and all objects that are left. */
static VAStatus terminate(VADriverContextP va) {
    struct driver *driver = va->pDriverData;
    for (size_t i = 0; i < driver->object_room; i++)
        if (driver->objects[i]) delete_object(driver, (unsigned)i);
    free(driver->objects);
    if (driver->log) fclose(driver->log);
    pthread_mutex_destroy(&driver->lock);
    free(driver);
    va->pDriverData = NULL;
    return VA_STATUS_SUCCESS;
}

/* For entries that libva insists on and nobody needs. It is called with arguments, at which it does not look. */
static VAStatus refuse(void) {
    return VA_STATUS_ERROR_UNIMPLEMENTED;
}

/* libva looks for this name, with the versions below its own too; this fits every libva 2. */
VAStatus __attribute__((visibility("default"))) __vaDriverInit_1_0(VADriverContextP va);

VAStatus __vaDriverInit_1_0(VADriverContextP va) {
    const char *init = getenv("STANDIN_VA_INIT"), *log = getenv("STANDIN_VA_LOG");
    if (init && !strcmp(init, "fail")) return VA_STATUS_ERROR_OPERATION_FAILED;
    struct driver *driver = allocate(sizeof *driver);
    if (!read_environment(driver)) {
        free(driver);
        return VA_STATUS_ERROR_INVALID_PARAMETER;
    }
    driver->first_free = 1;
    if (log && !(driver->log = fopen(log, "a"))) perror(log);
    pthread_mutex_init(&driver->lock, NULL);

    va->pDriverData = driver;
    va->version_major = VA_MAJOR_VERSION;
    va->version_minor = VA_MINOR_VERSION;
    va->max_profiles = H264_PROFILES + HEVC_PROFILES;
    va->max_entrypoints = 1;
    va->max_attributes = 8;
    va->max_image_formats = IMAGE_FORMATS;
    va->max_subpic_formats = 1;
    va->max_display_attributes = 1;
    va->str_vendor = "Compose stand-in (lossless, without hardware)";

    struct VADriverVTable *table = va->vtable;
#define REFUSE(entry) table->entry = (__typeof__(table->entry))(void (*)(void))refuse
    REFUSE(vaBufferSetNumElements);
    REFUSE(vaPutSurface);
    REFUSE(vaSetImagePalette);
    REFUSE(vaQuerySubpictureFormats);
    REFUSE(vaCreateSubpicture);
    REFUSE(vaDestroySubpicture);
    REFUSE(vaSetSubpictureImage);
    REFUSE(vaSetSubpictureChromakey);
    REFUSE(vaSetSubpictureGlobalAlpha);
    REFUSE(vaAssociateSubpicture);
    REFUSE(vaDeassociateSubpicture);
    REFUSE(vaQueryDisplayAttributes);
    REFUSE(vaGetDisplayAttributes);
    REFUSE(vaSetDisplayAttributes);
#undef REFUSE
    table->vaTerminate = terminate;
    table->vaQueryConfigProfiles = query_config_profiles;
    table->vaQueryConfigEntrypoints = query_config_entrypoints;
    table->vaGetConfigAttributes = get_config_attributes;
    table->vaCreateConfig = create_config;
    table->vaDestroyConfig = destroy_config;
    table->vaQueryConfigAttributes = query_config_attributes;
    table->vaCreateSurfaces = create_surfaces;
    table->vaCreateSurfaces2 = create_surfaces_2;
    table->vaDestroySurfaces = destroy_surfaces;
    table->vaQuerySurfaceAttributes = query_surface_attributes;
    table->vaSyncSurface = sync_surface;
    table->vaQuerySurfaceStatus = query_surface_status;
    table->vaCreateContext = create_context;
    table->vaDestroyContext = destroy_context;
    table->vaCreateBuffer = create_buffer;
    table->vaMapBuffer = map_buffer;
    table->vaUnmapBuffer = unmap_buffer;
    table->vaDestroyBuffer = destroy_buffer;
    table->vaBeginPicture = begin_picture;
    table->vaRenderPicture = render_picture;
    table->vaEndPicture = end_picture;
    table->vaQueryImageFormats = query_image_formats;
    table->vaCreateImage = create_image;
    table->vaDeriveImage = derive_image;
    table->vaDestroyImage = destroy_image;
    table->vaGetImage = get_image;
    table->vaPutImage = put_image;
#if VA_CHECK_VERSION(1, 9, 0)
    table->vaSyncBuffer = sync_buffer;
#endif
    return VA_STATUS_SUCCESS;
}
