/* SPDX-License-Identifier: Apache-2.0 */
/* GPUs that encode, and whether their drivers are installed. */
#include "../internal.h"

#include <dlfcn.h>
#include <libavutil/hwcontext.h>

#if defined(__linux__) && __has_include(<va/va.h>)
#include <libavutil/hwcontext_vaapi.h>
#include <va/va.h>
#define HAS_VAAPI 1
#endif

void *cfs_library_open(const char *const *names) {
    /* Left open on purpose: the next user finds it loaded, and some drivers do not survive being unloaded. */
    void *library = NULL;
    for (; *names && !library; names++) library = dlopen(*names, RTLD_LAZY | RTLD_LOCAL);
    return library;
}

int cfs_library_loads(const char *name) { return cfs_library_open((const char *const[]){name, NULL}) != NULL; }

int cfs_cuda_count(int *count) {
    *count = 0;
    void *library = cfs_library_open((const char *const[]){"libcuda.so.1", NULL});
    if (!library) return -1;
    int (*start)(unsigned) = (int (*)(unsigned))dlsym(library, "cuInit");
    int (*get)(int *) = (int (*)(int *))dlsym(library, "cuDeviceGetCount");
    if (!start || !get) return -1;
    int status = start(0);
    return status ? status : get(count);
}

int cfs_device_open(enum cfs_device_kind kind, const char *name, cfs_device **device) {
    AVBufferRef *reference = NULL;
    enum AVHWDeviceType type = kind == CFS_CUDA ? AV_HWDEVICE_TYPE_CUDA : AV_HWDEVICE_TYPE_VAAPI;
    int status = av_hwdevice_ctx_create(&reference, type, name, NULL, 0);
    *device = reference;
    return status < 0 ? status : 0;
}

void cfs_device_free(cfs_device *device) { av_buffer_unref(&device); }

int cfs_device_encodes(const cfs_device *device) {
#ifdef HAS_VAAPI
    const AVHWDeviceContext *context = (const AVHWDeviceContext *)device->data;
    if (context->type != AV_HWDEVICE_TYPE_VAAPI) return 1;
    VADisplay display = ((const AVVAAPIDeviceContext *)context->hwctx)->display;
    int profiles = vaMaxNumProfiles(display), points = vaMaxNumEntrypoints(display), found = 0;
    VAProfile *profile = av_malloc_array((size_t)cfs_max(profiles, 1), sizeof *profile);
    VAEntrypoint *point = av_malloc_array((size_t)cfs_max(points, 1), sizeof *point);
    if (profile && point && vaQueryConfigProfiles(display, profile, &profiles) == VA_STATUS_SUCCESS) {
        for (int i = 0; i < profiles && !found; i++) {
            int count = 0;
            if (vaQueryConfigEntrypoints(display, profile[i], point, &count) != VA_STATUS_SUCCESS) continue;
            for (int j = 0; j < count; j++)
                if (profile[i] != VAProfileNone && (point[j] == VAEntrypointEncSlice || point[j] == VAEntrypointEncSliceLP))
                    found = 1;
        }
    }
    av_free(profile);
    av_free(point);
    return found;
#else
    (void)device;
    return 1;
#endif
}
