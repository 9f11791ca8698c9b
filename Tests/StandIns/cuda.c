/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in for NVIDIA's libcuda.so.1: devices and contexts as libavutil and libavcodec ask for them, and nothing that computes.
   With it and nvenc.c beside it, an unmodified FFmpeg encodes "on a GPU" on a machine that has none.

   Environment, read at each call:
     STANDIN_CUDA_INIT=<CUresult>   what cuInit() returns; 100 is CUDA_ERROR_NO_DEVICE
     STANDIN_CUDA_DEVICES=<n>       how many devices there are: 1 if unset, 0 to 16
     STANDIN_CUDA_NAME=<text>       what they are called */
#include <ffnvcodec/dynlink_cuda.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The errors that are returned here, which the header does not name. */
#define INVALID_VALUE ((CUresult)1)
#define OUT_OF_MEMORY ((CUresult)2)
#define INVALID_DEVICE ((CUresult)101)
#define INVALID_CONTEXT ((CUresult)201)
#define NOT_SUPPORTED ((CUresult)801)

enum { MAXIMUM_DEVICES = 16, STACK_ROOM = 16 };

/* What a CUcontext points to. */
struct CUctx_st {
    int device;
    int holders;               /* of a primary context: how often it is retained; any other context has one until destroyed */
    unsigned int flags;
    struct CUctx_st *next;     /* in `contexts`; primary contexts are not in that list */
};

/* Guards everything below except the stacks, of which every thread has its own. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct CUctx_st *contexts;
static struct CUctx_st primary_contexts[MAXIMUM_DEVICES];

/* The calling thread's contexts; the last one is current. */
static _Thread_local struct {
    CUcontext entries[STACK_ROOM];
    int count;
} stack;

/* A number from the environment, or `fallback` where there is none. */
static int number_from(const char *variable, int fallback) {
    const char *text = getenv(variable);
    return text && *text ? (int)strtol(text, NULL, 0) : fallback;
}

/* How many devices there are. */
static int device_count(void) {
    int count = number_from("STANDIN_CUDA_DEVICES", 1);
    return count < 0 ? 0 : count > MAXIMUM_DEVICES ? MAXIMUM_DEVICES : count;
}

/* Whether there is such a device. */
static bool is_device(CUdevice device) {
    return device >= 0 && device < device_count();
}

/* Whether `context` is one that exists now. It is compared, never followed: it may have been freed. Call it with the lock. */
static bool is_context(CUcontext context) {
    for (int device = 0; device < MAXIMUM_DEVICES; device++)
        if (context == &primary_contexts[device]) return context->holders > 0;
    for (struct CUctx_st *known = contexts; known; known = known->next)
        if (known == context) return true;
    return false;
}

/* Puts a context on top of the calling thread's stack. */
static CUresult push(CUcontext context) {
    if (stack.count == STACK_ROOM) return OUT_OF_MEMORY;
    stack.entries[stack.count++] = context;
    return CUDA_SUCCESS;
}

/* The calling thread's current context, or null. */
static CUcontext current(void) {
    return stack.count ? stack.entries[stack.count - 1] : NULL;
}

/* The driver and its devices */

/* The declarations from the header's types make the compiler check the definitions that follow them. */
tcuInit cuInit;
tcuDeviceGetCount cuDeviceGetCount;
tcuDeviceGet cuDeviceGet;
tcuDeviceGetName cuDeviceGetName;
tcuDeviceGetUuid cuDeviceGetUuid;
tcuDeviceGetAttribute cuDeviceGetAttribute;
tcuDeviceComputeCapability cuDeviceComputeCapability;
tcuGetErrorName cuGetErrorName;
tcuGetErrorString cuGetErrorString;

/* Succeeds, or fails as the environment says. */
CUresult cuInit(unsigned int flags) {
    (void)flags;
    return (CUresult)number_from("STANDIN_CUDA_INIT", CUDA_SUCCESS);
}

/* The version of CUDA that the driver would support: 12.0. */
CUresult cuDriverGetVersion(int *version) {
    *version = 12000;
    return CUDA_SUCCESS;
}

/* Gives the number of devices. */
CUresult cuDeviceGetCount(int *count) {
    *count = device_count();
    return CUDA_SUCCESS;
}

/* Gives the device of that number. */
CUresult cuDeviceGet(CUdevice *device, int ordinal) {
    if (!is_device(ordinal)) return INVALID_DEVICE;
    *device = ordinal;
    return CUDA_SUCCESS;
}

/* Gives a device's name, cut off where it does not fit. */
CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    if (!is_device(device)) return INVALID_DEVICE;
    const char *text = getenv("STANDIN_CUDA_NAME");
    snprintf(name, (size_t)length, "%s", text && *text ? text : "Stand-in GPU");
    return CUDA_SUCCESS;
}

/* Gives sixteen bytes that differ from one device to the next. */
CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice device) {
    if (!is_device(device)) return INVALID_DEVICE;
    memset(uuid->bytes, 0, sizeof uuid->bytes);
    uuid->bytes[15] = (char)(device + 1);
    return CUDA_SUCCESS;
}

/* The same, under the name by which newer headers look for it. */
CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device) {
    return cuDeviceGetUuid(uuid, device);
}

/* Gives a property of the device: 0, except for the few that somebody might divide by or compare with. */
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
    if (!is_device(device)) return INVALID_DEVICE;
    switch ((int)attribute) {
    case 14: *value = 512; break;   /* texture alignment */
    case 75: *value = 7; break;     /* compute capability, major */
    case 76: *value = 5; break;     /* compute capability, minor */
    default: *value = 0; break;
    }
    return CUDA_SUCCESS;
}

/* 7.5, which is what a Turing GPU says. */
CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
    if (!is_device(device)) return INVALID_DEVICE;
    *major = 7;
    *minor = 5;
    return CUDA_SUCCESS;
}

/* The driver's words for its errors. */
static const struct {
    int code;
    const char *name, *text;
} error_names[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {801, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {802, "CUDA_ERROR_SYSTEM_NOT_READY", "system not yet initialized"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"},
    {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", "forward compatibility was attempted on non supported HW"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

/* Gives an error's name, or null and an error for one that is not listed. */
CUresult cuGetErrorName(CUresult error, const char **name) {
    *name = NULL;
    for (size_t i = 0; i < sizeof error_names / sizeof *error_names; i++)
        if (error_names[i].code == (int)error) *name = error_names[i].name;
    return *name ? CUDA_SUCCESS : INVALID_VALUE;
}

/* Gives an error's description, or null and an error for one that is not listed. */
CUresult cuGetErrorString(CUresult error, const char **text) {
    *text = NULL;
    for (size_t i = 0; i < sizeof error_names / sizeof *error_names; i++)
        if (error_names[i].code == (int)error) *text = error_names[i].text;
    return *text ? CUDA_SUCCESS : INVALID_VALUE;
}

/* Contexts */

tcuCtxCreate_v2 cuCtxCreate_v2;
tcuCtxDestroy_v2 cuCtxDestroy_v2;
tcuCtxPushCurrent_v2 cuCtxPushCurrent_v2;
tcuCtxPopCurrent_v2 cuCtxPopCurrent_v2;
tcuCtxGetDevice cuCtxGetDevice;
tcuDevicePrimaryCtxRetain cuDevicePrimaryCtxRetain;
tcuDevicePrimaryCtxRelease cuDevicePrimaryCtxRelease;
tcuDevicePrimaryCtxSetFlags cuDevicePrimaryCtxSetFlags;
tcuDevicePrimaryCtxGetState cuDevicePrimaryCtxGetState;

/* Makes a context for the device and, as CUDA does, makes it current. */
CUresult cuCtxCreate_v2(CUcontext *result, unsigned int flags, CUdevice device) {
    if (!is_device(device)) return INVALID_DEVICE;
    struct CUctx_st *context = calloc(1, sizeof *context);
    if (!context) return OUT_OF_MEMORY;
    CUresult status = push(context);
    if (status != CUDA_SUCCESS) {
        free(context);
        return status;
    }
    context->device = device;
    context->holders = 1;
    context->flags = flags;
    pthread_mutex_lock(&lock);
    context->next = contexts;
    contexts = context;
    pthread_mutex_unlock(&lock);
    *result = context;
    return CUDA_SUCCESS;
}

/* Frees a context that cuCtxCreate() made. If it is the calling thread's current one, it is that no longer. */
CUresult cuCtxDestroy_v2(CUcontext context) {
    pthread_mutex_lock(&lock);
    struct CUctx_st **link = &contexts;
    while (*link && *link != context) link = &(*link)->next;
    bool found = *link != NULL;
    if (found) *link = context->next;
    pthread_mutex_unlock(&lock);
    if (!found) return INVALID_CONTEXT;
    if (current() == context) stack.count--;
    free(context);
    return CUDA_SUCCESS;
}

/* Makes a context the calling thread's current one. */
CUresult cuCtxPushCurrent_v2(CUcontext context) {
    pthread_mutex_lock(&lock);
    bool known = is_context(context);
    pthread_mutex_unlock(&lock);
    return known ? push(context) : INVALID_CONTEXT;
}

/* Takes the current context off the calling thread's stack and gives it back. */
CUresult cuCtxPopCurrent_v2(CUcontext *context) {
    if (!stack.count) return INVALID_CONTEXT;
    stack.count--;
    if (context) *context = stack.entries[stack.count];
    return CUDA_SUCCESS;
}

/* Gives the calling thread's current context, or null. */
CUresult cuCtxGetCurrent(CUcontext *context) {
    *context = current();
    return CUDA_SUCCESS;
}

/* Gives the device that the current context was made for. */
CUresult cuCtxGetDevice(CUdevice *device) {
    pthread_mutex_lock(&lock);
    bool known = is_context(current());
    if (known) *device = current()->device;
    pthread_mutex_unlock(&lock);
    return known ? CUDA_SUCCESS : INVALID_CONTEXT;
}

/* Gives the one context that all of the process may share on a device. It is not made current. */
CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    if (!is_device(device)) return INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    primary_contexts[device].device = device;
    primary_contexts[device].holders++;
    pthread_mutex_unlock(&lock);
    *context = &primary_contexts[device];
    return CUDA_SUCCESS;
}

/* Gives up one hold on a device's primary context. */
CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
    if (!is_device(device)) return INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    bool held = primary_contexts[device].holders > 0;
    if (held) primary_contexts[device].holders--;
    pthread_mutex_unlock(&lock);
    return held ? CUDA_SUCCESS : INVALID_CONTEXT;
}

/* Remembers flags for a device's primary context. */
CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned int flags) {
    if (!is_device(device)) return INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    primary_contexts[device].flags = flags;
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

/* Gives a primary context's flags, and whether anybody holds it. */
CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned int *flags, int *active) {
    if (!is_device(device)) return INVALID_DEVICE;
    pthread_mutex_lock(&lock);
    *flags = primary_contexts[device].flags;
    *active = primary_contexts[device].holders > 0;
    pthread_mutex_unlock(&lock);
    return CUDA_SUCCESS;
}

/* What is not there */

/* FFmpeg refuses to load a driver that lacks one of these functions, though it calls none of them for frames from memory. So
   they exist, and refuse. Their parameters are left out: a function that looks at none need not know them. */
#define REFUSE(name) \
    CUresult name(void) { return NOT_SUPPORTED; }

REFUSE(cuCtxSetLimit)
REFUSE(cuDevicePrimaryCtxReset)

REFUSE(cuMemAlloc_v2)
REFUSE(cuMemAllocPitch_v2)
REFUSE(cuMemAllocManaged)
REFUSE(cuMemFree_v2)
REFUSE(cuMemsetD8Async)
REFUSE(cuMemcpy)
REFUSE(cuMemcpyAsync)
REFUSE(cuMemcpy2D_v2)
REFUSE(cuMemcpy2DAsync_v2)
REFUSE(cuMemcpyHtoD_v2)
REFUSE(cuMemcpyHtoDAsync_v2)
REFUSE(cuMemcpyDtoH_v2)
REFUSE(cuMemcpyDtoHAsync_v2)
REFUSE(cuMemcpyDtoD_v2)
REFUSE(cuMemcpyDtoDAsync_v2)
REFUSE(cuArrayCreate_v2)
REFUSE(cuArray3DCreate_v2)
REFUSE(cuArrayDestroy)

REFUSE(cuStreamCreate)
REFUSE(cuStreamQuery)
REFUSE(cuStreamSynchronize)
REFUSE(cuStreamDestroy_v2)
REFUSE(cuStreamAddCallback)
REFUSE(cuStreamWaitEvent)
REFUSE(cuEventCreate)
REFUSE(cuEventDestroy_v2)
REFUSE(cuEventSynchronize)
REFUSE(cuEventQuery)
REFUSE(cuEventRecord)

REFUSE(cuLaunchKernel)
REFUSE(cuLinkCreate)
REFUSE(cuLinkAddData)
REFUSE(cuLinkComplete)
REFUSE(cuLinkDestroy)
REFUSE(cuModuleLoadData)
REFUSE(cuModuleUnload)
REFUSE(cuModuleGetFunction)
REFUSE(cuModuleGetGlobal)
REFUSE(cuTexObjectCreate)
REFUSE(cuTexObjectDestroy)

REFUSE(cuGLGetDevices_v2)
REFUSE(cuGraphicsGLRegisterImage)
REFUSE(cuGraphicsUnregisterResource)
REFUSE(cuGraphicsMapResources)
REFUSE(cuGraphicsUnmapResources)
REFUSE(cuGraphicsSubResourceGetMappedArray)
REFUSE(cuGraphicsResourceGetMappedPointer_v2)
