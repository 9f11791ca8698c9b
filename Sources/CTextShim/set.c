/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of fonts: a fontconfig of our own, which reads no configuration and knows no font but those added here. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "set.h"

#include <hb-ot.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where distributions put the emoji font. */
static const char *const EMOJI[] = {
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
    "/usr/share/fonts/noto/NotoColorEmoji.ttf",
    "/usr/share/fonts/google-noto-emoji/NotoColorEmoji.ttf",
    "/usr/share/fonts/google-noto-color-emoji-fonts/NotoColorEmoji.ttf",
    "/usr/share/fonts/noto-emoji/NotoColorEmoji.ttf",
    "/usr/local/share/fonts/NotoColorEmoji.ttf",
    "/System/Library/Fonts/Apple Color Emoji.ttc",
};

static const FcChar8 *text_of(const FcPattern *pattern, const char *object, int index) {
    FcChar8 *text = NULL;
    return FcPatternGetString(pattern, object, index, &text) == FcResultMatch ? text : NULL;
}

static int is_color(const FcPattern *pattern) {
    FcBool color = FcFalse;
    return FcPatternGetBool(pattern, FC_COLOR, 0, &color) == FcResultMatch && color;
}

static int has_char(const FcPattern *pattern, FcChar32 character) {
    FcCharSet *chars = NULL;
    return FcPatternGetCharSet(pattern, FC_CHARSET, 0, &chars) == FcResultMatch && FcCharSetHasChar(chars, character);
}

static FcFontSet *fonts(const cts_set *set) { return FcConfigGetFonts(set->config, FcSetApplication); }
static int font_count(const cts_set *set) { return fonts(set) ? fonts(set)->nfont : 0; }

/* Gives a pattern one name, in the place of its own. */
static int rename_family(FcPattern *pattern, const char *family) {
    static const char *const names[] = {FC_FAMILY, FC_FAMILYLANG, FC_FULLNAME, FC_FULLNAMELANG, FC_POSTSCRIPT_NAME};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) FcPatternDel(pattern, names[i]);
    return FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)family) ? CTS_OK : CTS_NO_MEMORY;
}

/* Pango reads a comma as the end of a family's name, so such families get a second name without one. */
static int name_without_comma(FcPattern *pattern) {
    const FcChar8 *family;
    for (int i = 0; (family = text_of(pattern, FC_FAMILY, i)) && i < 16; i++) {
        if (!strchr((const char *)family, ',')) continue;
        char *copy = strdup((const char *)family);
        if (!copy) return CTS_NO_MEMORY;
        for (char *c = copy; *c; c++)
            if (*c == ',') *c = ' ';
        int added = FcPatternAddString(pattern, FC_FAMILY, (FcChar8 *)copy);
        free(copy);
        if (!added) return CTS_NO_MEMORY;
    }
    return CTS_OK;
}

/* Adds a file, and checks that fontconfig found a face in it. */
static int add_file(cts_set *set, const char *path, const char *family) {
    int before = font_count(set);
    if (!FcConfigAppFontAddFile(set->config, (const FcChar8 *)path)) return CTS_NOT_A_FONT;
    if (font_count(set) == before) return CTS_NOT_A_FONT;
    for (int i = before; i < font_count(set); i++) {
        FcPattern *pattern = fonts(set)->fonts[i];
        int status = family ? rename_family(pattern, family) : CTS_OK;
        if (!status) status = name_without_comma(pattern);
        if (!status) status = cts_leave_out_splits(&pattern, 0);
        if (status) return status;
    }
    return CTS_OK;
}

/* Whether a pattern before `count` has one of the names of `pattern`. */
static int has_name_of(const cts_set *set, const FcPattern *pattern, int count) {
    const FcChar8 *ours, *theirs;
    for (int n = 0; (ours = text_of(pattern, FC_FAMILY, n)); n++)
        for (int i = 0; i < count; i++)
            for (int k = 0; (theirs = text_of(fonts(set)->fonts[i], FC_FAMILY, k)); k++)
                if (!FcStrCmpIgnoreCase(ours, theirs)) return 1;
    return 0;
}

static int add_bundled(cts_set *set) {
    const FcChar8 *family;
    for (int i = 0; i < font_count(set); i++)
        for (int k = 0; (family = text_of(fonts(set)->fonts[i], FC_FAMILY, k)); k++)
            if (!FcStrCmpIgnoreCase(family, (const FcChar8 *)cts_bundled_family())) return CTS_OK;   /* an edit's own */
    for (int i = 0; i < CTS_BUNDLED_FILES; i++) {
        const char *path;
        int status = cts_bundled_path(i, &path);
        if (!status && add_file(set, path, cts_bundled_family())) status = CTS_NO_BUNDLED_FONT;
        if (status) return status;
    }
    set->has_bundled = 1;
    return CTS_OK;
}

/* Adds the system's fonts that HarfBuzz reads, except families that the set has. The patterns are shared with the process's
   own configuration. */
static int add_system(cts_set *set) {
    FcConfig *system = FcConfigReference(NULL);
    if (!system) return CTS_OK;
    FcFontSet *found = FcConfigGetFonts(system, FcSetSystem);
    int before = font_count(set), status = CTS_OK;
    for (int i = 0; found && i < found->nfont && !status; i++) {
        FcPattern *pattern = found->fonts[i];
        const FcChar8 *format = text_of(pattern, FC_FONTFORMAT, 0);
        if (!format || (strcmp((const char *)format, "TrueType") && strcmp((const char *)format, "CFF"))) continue;
        if (has_name_of(set, pattern, before)) continue;
        FcPatternReference(pattern);
        status = cts_leave_out_splits(&pattern, 1);
        if (status || !FcFontSetAdd(fonts(set), pattern)) {
            FcPatternDestroy(pattern);
            status = CTS_NO_MEMORY;
        }
    }
    FcConfigDestroy(system);
    return status;
}

/* Whether a font has emoji as pictures or outlines in colours, which can be drawn; newer kinds cannot. */
static int has_emoji(const FcPattern *pattern) {
    enum { SMILE = 0x1F600 };
    const FcChar8 *path = text_of(pattern, FC_FILE, 0);
    int index = 0;
    if (!path || !is_color(pattern) || !has_char(pattern, SMILE)) return 0;
    FcPatternGetInteger(pattern, FC_INDEX, 0, &index);
    hb_blob_t *blob = hb_blob_create_from_file((const char *)path);
    hb_face_t *face = hb_face_create(blob, (unsigned)index & 0xFFFF);
    int found = hb_ot_color_has_png(face) || hb_ot_color_has_layers(face);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return found;
}

/* Looks among the fonts from number `first` on, which come from `path`, for one that draws emoji. */
static int choose_emoji(cts_set *set, int first, const char *path) {
    for (int i = first; i < font_count(set) && !set->emoji; i++) {
        const FcPattern *pattern = fonts(set)->fonts[i];
        if (!has_emoji(pattern)) continue;
        set->emoji = strdup(path);
        set->emoji_family = strdup((const char *)text_of(pattern, FC_FAMILY, 0));
        if (!set->emoji || !set->emoji_family) return CTS_NO_MEMORY;
    }
    return CTS_OK;
}

/* Adds the system's emoji font, unless a given file has emoji. */
static int add_emoji(cts_set *set) {
    for (size_t i = 0; i < sizeof EMOJI / sizeof *EMOJI && !set->emoji; i++) {
        if (access(EMOJI[i], R_OK) || cts_check_font(EMOJI[i])) continue;
        int before = font_count(set), status = add_file(set, EMOJI[i], NULL);
        if (!status) status = choose_emoji(set, before, EMOJI[i]);
        if (status == CTS_NO_MEMORY) return status;
    }
    return CTS_OK;
}

/* Adds a file that was given, from a copy of it. */
static int add_given(cts_set *set, const cts_file *file) {
    char place[CTS_MEMORY_PATH];
    int copy, before = font_count(set), status = cts_font_copy(file->path, &copy, place);
    cts_given *given = &set->given[set->given_count++];
    given->copy = copy;
    given->path = strdup(file->path);
    given->family = file->family ? strdup(file->family) : NULL;
    if (!given->path || (file->family && !given->family)) return CTS_NO_MEMORY;
    if (copy >= 0) {
        struct stat stat;
        if (!fstat(copy, &stat)) set->copied += stat.st_size;
        if (set->copied > CTS_MOST_FONT_BYTES_TOGETHER) return CTS_TOO_MANY;
    }
    if (!status) status = add_file(set, copy >= 0 ? place : file->path, file->family);
    return status ? status : choose_emoji(set, before, file->path);
}

int cts_set_open(const cts_file *files, size_t count, int system_fonts, size_t *failed, cts_set **result) {
    *failed = count;
    *result = NULL;
    cts_set *set = calloc(1, sizeof *set);
    if (!set || !(set->config = FcConfigCreate()) || !(set->pool = cts_pool_create())
        || !(set->given = calloc(count + 1, sizeof *set->given))) {
        cts_set_free(set);
        return CTS_NO_MEMORY;
    }
    set->has_system = system_fonts;
    int status = CTS_OK;
    for (size_t i = 0; i < count && !status; i++) {
        *failed = i;
        status = add_given(set, &files[i]);
    }
    int given = font_count(set);
    if (!status) {
        *failed = count;
        status = add_bundled(set);
    }
    if (!status) status = add_emoji(set);
    if (!status && system_fonts) status = add_system(set);
    if (!status) status = cts_set_describe(set, fonts(set), given);
    if (status) {
        int reason = errno;
        cts_set_free(set);
        errno = reason;
        return status;
    }
    *result = set;
    return CTS_OK;
}

void cts_set_free(cts_set *set) {
    if (!set) return;
    cts_pool_free(set->pool);   /* its font maps hold the configuration */
    if (set->config) FcConfigDestroy(set->config);
    for (size_t i = 0; i < set->given_count; i++) {
        if (set->given[i].copy >= 0) close(set->given[i].copy);
        free(set->given[i].path);
        free(set->given[i].family);
    }
    free(set->given);
    for (size_t i = 0; i < set->family_count; i++) free(set->families[i]);
    free(set->families);
    free(set->styles);
    free(set->emoji);
    free(set->emoji_family);
    free(set->coverage);
    free(set);
}

FcConfig *cts_set_config(const cts_set *set) { return set->config; }
struct cts_pool *cts_set_pool(cts_set *set) { return set->pool; }
size_t cts_set_family_count(const cts_set *set) { return set->family_count; }
const char *cts_set_family(const cts_set *set, size_t index) { return set->families[index]; }
size_t cts_set_style_count(const cts_set *set) { return set->style_count; }
cts_style cts_set_style(const cts_set *set, size_t index) { return set->styles[index]; }

int cts_set_family_has(const cts_set *set, const char *family, uint32_t character) {
    const FcChar8 *name;
    for (int i = 0; i < font_count(set); i++)
        for (int k = 0; (name = text_of(fonts(set)->fonts[i], FC_FAMILY, k)); k++)
            if (!FcStrCmpIgnoreCase(name, (const FcChar8 *)family) && has_char(fonts(set)->fonts[i], character)) return 1;
    return 0;
}

const char *cts_set_emoji(const cts_set *set) { return set->emoji; }
const char *cts_set_emoji_family(const cts_set *set) { return set->emoji_family; }
const uint64_t *cts_set_coverage(const cts_set *set) { return set->coverage; }
#endif
