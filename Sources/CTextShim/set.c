/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of fonts: a fontconfig of our own, which reads no configuration and knows no font but those added here. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "set.h"

#include <stdlib.h>
#include <string.h>
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
        if (!FcFontSetAdd(fonts(set), pattern)) {
            FcPatternDestroy(pattern);
            status = CTS_NO_MEMORY;
        }
    }
    FcConfigDestroy(system);
    return status;
}

/* Chooses the emoji font: a given file that has emoji in colour, or else the system's. */
static int add_emoji(cts_set *set, const FcPattern **emoji) {
    enum { SMILE = 0x1F600 };
    for (int i = 0; i < font_count(set); i++) {
        *emoji = fonts(set)->fonts[i];
        if (is_color(*emoji) && has_char(*emoji, SMILE)) return CTS_OK;
    }
    for (size_t i = 0; i < sizeof EMOJI / sizeof *EMOJI; i++) {
        if (access(EMOJI[i], R_OK) || cts_check_font(EMOJI[i])) continue;
        int before = font_count(set), status = add_file(set, EMOJI[i], NULL);
        if (status == CTS_NO_MEMORY) return status;
        if (status) continue;
        *emoji = fonts(set)->fonts[before];
        return CTS_OK;
    }
    *emoji = NULL;
    return CTS_OK;
}

int cts_set_open(const cts_file *files, size_t count, int system_fonts, size_t *failed, cts_set **result) {
    *failed = count;
    *result = NULL;
    cts_set *set = calloc(1, sizeof *set);
    if (!set || !(set->config = FcConfigCreate()) || !(set->pool = cts_pool_create())) {
        cts_set_free(set);
        return CTS_NO_MEMORY;
    }
    int status = CTS_OK;
    for (size_t i = 0; i < count && !status; i++) {
        *failed = i;
        status = cts_check_font(files[i].path);
        if (!status) status = add_file(set, files[i].path, files[i].family);
    }
    const FcPattern *emoji = NULL;
    int given = font_count(set);
    if (!status) {
        *failed = count;
        status = add_bundled(set);
    }
    if (!status) status = add_emoji(set, &emoji);
    if (!status && system_fonts) status = add_system(set);
    if (!status) status = cts_set_describe(set, fonts(set), given, emoji);
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
const char *cts_set_emoji(const cts_set *set) { return set->emoji; }
const char *cts_set_emoji_family(const cts_set *set) { return set->emoji_family; }
const uint64_t *cts_set_coverage(const cts_set *set) { return set->coverage; }
#endif
