/* SPDX-License-Identifier: Apache-2.0 */
/* The bundled family, Inter: part of the program, so that a program of one file can set text. OFL.txt is its licence. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#ifdef __linux__
#define _GNU_SOURCE   /* memfd_create */
#endif
#include "../internal.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"   /* #embed, which clang has in every C since 19 */
static const unsigned char upright[] = {
#embed "Inter-roman.var.ttf"
};
static const unsigned char italic[] = {
#embed "Inter-italic.var.ttf"
};
#pragma clang diagnostic pop

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char paths[CTS_BUNDLED_FILES][512];
static int status = CTS_NO_BUNDLED_FONT;

const char *cts_bundled_family(void) { return "Inter"; }
const char *cts_bundled_version(void) { return "Inter 3.019"; }

static int write_all(int fd, const unsigned char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return -1;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

/* Gives the bytes a path in memory. The descriptor stays open as long as the process, since fontconfig, FreeType and
   HarfBuzz open the path whenever they need it. */
static int in_memory(const unsigned char *bytes, size_t size, char *path, size_t room) {
#ifdef __linux__
    int fd = memfd_create("font", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -1;
    snprintf(path, room, "/proc/self/fd/%d", fd);
    if (!write_all(fd, bytes, size) && !access(path, R_OK)) {
        /* Nobody can change what is mapped then. */
        if (!fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)) return 0;
    }
    close(fd);
#else
    (void)bytes, (void)size, (void)path, (void)room;
#endif
    return -1;
}

/* Gives the bytes a temporary file, which is removed when the process exits. */
static int in_folder(const unsigned char *bytes, size_t size, char *path, size_t room) {
    const char *folder = getenv("TMPDIR");
    int length = snprintf(path, room, "%s/compose-font-XXXXXX", folder && *folder ? folder : P_tmpdir);
    if (length < 0 || (size_t)length >= room) return -1;
    int fd = mkstemp(path);
    if (fd < 0) return -1;
    int failed = write_all(fd, bytes, size);
    if (close(fd) || failed) {
        unlink(path);
        return -1;
    }
    return 0;
}

static int is_file[CTS_BUNDLED_FILES];

static void remove_files(void) {
    for (int i = 0; i < CTS_BUNDLED_FILES; i++)
        if (is_file[i]) unlink(paths[i]);
}

static void place(void) {
    const unsigned char *bytes[CTS_BUNDLED_FILES] = {upright, italic};
    const size_t sizes[CTS_BUNDLED_FILES] = {sizeof upright, sizeof italic};
    int files = 0;
    status = CTS_OK;
    for (int i = 0; i < CTS_BUNDLED_FILES && !status; i++) {
        if (!in_memory(bytes[i], sizes[i], paths[i], sizeof paths[i])) continue;
        if (in_folder(bytes[i], sizes[i], paths[i], sizeof paths[i])) status = CTS_NO_BUNDLED_FONT;
        else is_file[i] = files = 1;
    }
    if (files) atexit(remove_files);
}

int cts_bundled_path(int index, const char **path) {
    pthread_once(&once, place);
    *path = paths[index];
    return status;
}
#endif
