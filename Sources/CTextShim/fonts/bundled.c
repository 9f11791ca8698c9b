/* SPDX-License-Identifier: Apache-2.0 */
/* The bundled family, Inter: part of the program, so that a program of one file can set text. OFL.txt is its licence. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "../internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
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

const unsigned char *cts_bundled_bytes(int index, size_t *size) {
    *size = index ? sizeof italic : sizeof upright;
    return index ? italic : upright;
}

/* Gives the bytes a path in memory. The descriptor stays open as long as the process, since fontconfig and HarfBuzz open the
   path whenever they need it. */
static int in_memory(const unsigned char *bytes, size_t size, char *path) {
    int fd = cts_memory_create();
    if (fd < 0) return -1;
    if (!cts_write_all(fd, bytes, size) && !cts_memory_seal(fd, path)) return 0;
    close(fd);
    return -1;
}

/* Gives the bytes a temporary file, which is removed when the process exits. */
static int in_folder(const unsigned char *bytes, size_t size, char *path, size_t room) {
    const char *folder = getenv("TMPDIR");
    int length = snprintf(path, room, "%s/compose-font-XXXXXX", folder && *folder ? folder : P_tmpdir);
    if (length < 0 || (size_t)length >= room) return -1;
    int fd = mkstemp(path);
    if (fd < 0) return -1;
    int failed = cts_write_all(fd, bytes, size);
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
        if (!in_memory(bytes[i], sizes[i], paths[i])) continue;
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
