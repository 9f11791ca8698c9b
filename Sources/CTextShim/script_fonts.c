/* SPDX-License-Identifier: Apache-2.0 */
/* The fonts of scripts. libass finds them by the names in the files, so a file that an edit calls otherwise gets another table
   of names. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no libass */
#include "script.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_FACES = 256, MOST_NAME_UNITS = 1024, NAME_HEAD = 18, RECORD = 16, DIRECTORY_HEAD = 12 };

static uint32_t number_at(const unsigned char *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_short(unsigned char *at, unsigned value) {
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

static void put_number(unsigned char *at, uint32_t value) {
    put_short(at, value >> 16);
    put_short(at + 2, value & 0xFFFF);
}

/* Writes UTF-8, which is valid, as UTF-16; returns its length in bytes, 0 if there is no room. */
static size_t write_units(const char *text, unsigned char *units, size_t room) {
    size_t length = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        int more = *at >= 0xF0 ? 3 : *at >= 0xE0 ? 2 : *at >= 0xC0 ? 1 : 0;
        uint32_t scalar = more == 3 ? *at & 7u : more == 2 ? *at & 15u : more ? *at & 31u : *at;
        for (at++; more && *at; more--, at++) scalar = scalar << 6 | (*at & 63u);
        if (length + 4 > room) return 0;
        if (scalar >= 0x10000) {
            put_short(units + length, 0xD800 + ((scalar - 0x10000) >> 10));
            length += 2;
            scalar = 0xDC00 + ((scalar - 0x10000) & 0x3FF);
        }
        put_short(units + length, scalar);
        length += 2;
    }
    return length;
}

/* Lets a face's directory, which begins at `at`, name the table at `table`. */
static int point_names(unsigned char *font, size_t size, size_t at, size_t table, size_t length) {
    if (at > size || size - at < DIRECTORY_HEAD) return CTS_NOT_A_FONT;
    size_t count = (size_t)font[at + 4] << 8 | font[at + 5];
    if (size - at - DIRECTORY_HEAD < count * RECORD) return CTS_NOT_A_FONT;
    for (size_t i = 0; i < count; i++) {
        unsigned char *record = font + at + DIRECTORY_HEAD + i * RECORD;
        if (memcmp(record, "name", 4)) continue;
        put_number(record + 8, (uint32_t)table);
        put_number(record + 12, (uint32_t)length);
        return CTS_OK;
    }
    return CTS_NOT_A_FONT;
}

/* Gives all faces of a font one family. `font` has room for a table of names from `size` on, of which it is `length` bytes. */
static int rename_faces(unsigned char *font, size_t size, const char *family, size_t *length) {
    /* One record: of Windows, in Unicode, in English, the family. */
    unsigned char *table = font + size;
    size_t units = write_units(family, table + NAME_HEAD, 2 * MOST_NAME_UNITS);
    if (!units) return CTS_WRONG;
    const unsigned head[NAME_HEAD / 2] = {0, 1, NAME_HEAD, 3, 1, 0x409, 1, (unsigned)units, 0};
    for (size_t i = 0; i < NAME_HEAD / 2; i++) put_short(table + 2 * i, head[i]);
    *length = NAME_HEAD + units;
    if (size < DIRECTORY_HEAD) return CTS_NOT_A_FONT;
    if (memcmp(font, "ttcf", 4)) return point_names(font, size, 0, size, *length);
    uint32_t faces = number_at(font + 8);
    if (!faces || faces > MOST_FACES || size < DIRECTORY_HEAD + 4 * (size_t)faces) return CTS_NOT_A_FONT;
    int status = CTS_OK;
    for (uint32_t i = 0; i < faces && !status; i++)
        status = point_names(font, size, number_at(font + DIRECTORY_HEAD + 4 * i), size, *length);
    return status;
}

/* Adds a font; `font` has room for a table of names behind it, and may be changed. */
static int add_font(ASS_Library *library, unsigned char *font, size_t size, const char *family) {
    size_t names = 0;
    int status = family ? rename_faces(font, size, family, &names) : CTS_OK;
    if (!status) ass_add_font(library, "font", (const char *)font, (int)(size + names));
    return status;
}

static unsigned char *with_room(size_t size) { return malloc(size + 4 + NAME_HEAD + 2 * MOST_NAME_UNITS); }

/* Reads a whole file, of a size that was checked; returns the bytes read, or a negative code. */
static int64_t read_all(int fd, unsigned char *bytes, size_t size) {
    size_t at = 0;
    while (at < size) {
        ssize_t got = pread(fd, bytes + at, size - at, (off_t)at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return CTS_NO_FILE;
        if (!got) break;
        at += (size_t)got;
    }
    return (int64_t)at;
}

static int add_given(ASS_Library *library, const cts_given *given) {
    int fd = given->copy >= 0 ? given->copy : open(given->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return CTS_NO_FILE;
    struct stat stat;
    int status = fstat(fd, &stat) ? CTS_NO_FILE : !S_ISREG(stat.st_mode) ? CTS_NOT_REGULAR
        : stat.st_size > CTS_MOST_FONT_BYTES ? CTS_TOO_LARGE : CTS_OK;
    unsigned char *font = status ? NULL : with_room((size_t)stat.st_size);
    if (!status && !font) status = CTS_NO_MEMORY;
    if (!status) {
        int64_t got = read_all(fd, font, (size_t)stat.st_size);
        while (got > 0 && got % 4) font[got++] = 0;   /* tables begin at multiples of four */
        status = got < 0 ? (int)got : add_font(library, font, (size_t)got, given->family);
    }
    free(font);
    if (given->copy < 0) close(fd);
    return status;
}

static int add_bundled(ASS_Library *library, int index) {
    size_t size;
    const unsigned char *bytes = cts_bundled_bytes(index, &size);
    unsigned char *font = with_room(size);
    if (!font) return CTS_NO_MEMORY;
    memcpy(font, bytes, size);
    while (size % 4) font[size++] = 0;
    int status = add_font(library, font, size, cts_bundled_family());
    free(font);
    return status;
}

int cts_script_add_fonts(cts_script *script, const cts_set *set) {
    int status = CTS_OK;
    for (size_t i = 0; i < set->given_count && !status; i++) status = add_given(script->library, &set->given[i]);
    for (int i = 0; i < CTS_BUNDLED_FILES && set->has_bundled && !status; i++) status = add_bundled(script->library, i);
    return status;
}
#endif
