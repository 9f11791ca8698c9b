/* SPDX-License-Identifier: Apache-2.0 */
/* What may be a font: decided before any library sees the file. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the tables, which begin and end where the file's directory says, lie inside the file. */
static int directory_fits(int fd, off_t at, off_t size) {
    unsigned char head[12], entry[16];
    if (pread(fd, head, sizeof head, at) != sizeof head) return 0;
    unsigned count = (unsigned)head[4] << 8 | head[5];
    if (!count) return 0;
    for (unsigned i = 0; i < count; i++) {
        if (pread(fd, entry, sizeof entry, at + 12 + 16 * (off_t)i) != sizeof entry) return 0;
        off_t from = (off_t)((uint32_t)entry[8] << 24 | (uint32_t)entry[9] << 16 | (uint32_t)entry[10] << 8 | entry[11]);
        off_t length =
            (off_t)((uint32_t)entry[12] << 24 | (uint32_t)entry[13] << 16 | (uint32_t)entry[14] << 8 | entry[15]);
        if (from > size || length > size - from) return 0;
    }
    return 1;
}

static int check_open(int fd) {
    struct stat stat;
    if (fstat(fd, &stat)) return CTS_NO_FILE;
    if (!S_ISREG(stat.st_mode)) return CTS_NOT_REGULAR;
    if (stat.st_size > CTS_MOST_FONT_BYTES) return CTS_TOO_LARGE;
    unsigned char head[16];
    if (pread(fd, head, sizeof head, 0) != sizeof head) return CTS_NOT_A_FONT;
    uint32_t kind = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    switch (kind) {
    case 0x774F4646: case 0x774F4632: return CTS_WEB_FONT;                                  /* wOFF, wOF2 */
    case 0x00010000: case 0x4F54544F: case 0x74727565:                                      /* TrueType, OTTO, true */
        return directory_fits(fd, 0, stat.st_size) ? CTS_OK : CTS_NOT_A_FONT;
    case 0x74746366: {                                                                      /* ttcf */
        uint32_t first = (uint32_t)head[12] << 24 | (uint32_t)head[13] << 16 | (uint32_t)head[14] << 8 | head[15];
        return directory_fits(fd, (off_t)first, stat.st_size) ? CTS_OK : CTS_NOT_A_FONT;
    }
    default: return CTS_NOT_A_FONT;
    }
}

int cts_check_font(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);   /* a pipe would wait for its writer */
    if (fd < 0) return CTS_NO_FILE;
    int status = check_open(fd);
    int reason = errno;
    close(fd);
    errno = reason;
    return status;
}
#endif
