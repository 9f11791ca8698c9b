/* SPDX-License-Identifier: Apache-2.0 */
/* What a set of fonts has: names, styles, characters. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "set.h"

#include <stdlib.h>
#include <string.h>

/* Returns the index of a family's name, which is added if it is new; -1 if out of memory. */
static ptrdiff_t family_index(cts_set *set, const FcChar8 *family) {
    for (size_t i = set->family_count; i-- > 0;)   /* mostly the one before */
        if (!FcStrCmpIgnoreCase((const FcChar8 *)set->families[i], family)) return (ptrdiff_t)i;
    char **families = realloc(set->families, (set->family_count + 1) * sizeof *families);
    if (!families) return -1;
    set->families = families;
    if (!(families[set->family_count] = strdup((const char *)family))) return -1;
    return (ptrdiff_t)set->family_count++;
}

static int add_style(cts_set *set, size_t family, const FcPattern *pattern) {
    int slant = FC_SLANT_ROMAN;
    double low = FC_WEIGHT_REGULAR, high;
    FcRange *range = NULL;
    FcPatternGetInteger(pattern, FC_SLANT, 0, &slant);
    if (FcPatternGetRange(pattern, FC_WEIGHT, 0, &range) == FcResultMatch) FcRangeGetDouble(range, &low, &high);
    else {
        FcPatternGetDouble(pattern, FC_WEIGHT, 0, &low);
        high = low;
    }
    cts_style style = {family, slant != FC_SLANT_ROMAN, FcWeightToOpenTypeDouble(low), FcWeightToOpenTypeDouble(high)};
    for (size_t i = 0; i < set->style_count; i++) {
        const cts_style *other = &set->styles[i];
        if (other->family == family && other->italic == style.italic && other->low == style.low
            && other->high == style.high) return CTS_OK;
    }
    cts_style *styles = realloc(set->styles, (set->style_count + 1) * sizeof *styles);
    if (!styles) return CTS_NO_MEMORY;
    set->styles = styles;
    styles[set->style_count++] = style;
    return CTS_OK;
}

static void set_bits(uint64_t *words, FcChar32 from, FcChar32 to) {
    for (FcChar32 c = from; c <= to; c++) words[c / 64] |= (uint64_t)1 << c % 64;
}

static void clear_private_use(uint64_t *words) {
    for (FcChar32 c = 0xE000; c <= 0xF8FF; c++) words[c / 64] &= ~((uint64_t)1 << c % 64);
    memset(words + 0xF0000 / 64, 0, (0x110000 - 0xF0000) / 8);
}

static void add_coverage(uint64_t *words, const FcCharSet *chars) {
    FcChar32 map[FC_CHARSET_MAP_SIZE], next;
    for (FcChar32 page = FcCharSetFirstPage(chars, map, &next); page != FC_CHARSET_DONE;
         page = FcCharSetNextPage(chars, map, &next)) {
        if (page > 0x10FF00) break;
        for (FcChar32 c = 0; c < 256; c++)
            if (map[c / 32] >> c % 32 & 1) set_bits(words, page + c, page + c);
    }
}

/* Collects what the fonts have; `from` others come before them. */
static int cover(const FcFontSet *fonts, int from, int to, uint64_t *words) {
    const FcCharSet *before = NULL;
    for (int i = from; i < to; i++) {
        FcCharSet *chars = NULL;
        if (FcPatternGetCharSet(fonts->fonts[i], FC_CHARSET, 0, &chars) != FcResultMatch) continue;
        /* A variable font's named instances have the same characters. */
        if (before && FcCharSetEqual(before, chars)) continue;
        add_coverage(words, chars);
        before = chars;
    }
    return CTS_OK;
}

static int describe_coverage(cts_set *set, const FcFontSet *fonts, int given) {
    enum { BYTES = CTS_COVERAGE_WORDS * 8 };
    uint64_t *private = calloc(1, BYTES);
    set->coverage = calloc(1, BYTES);
    if (private && set->coverage) {
        cover(fonts, given, fonts->nfont, set->coverage);
        clear_private_use(set->coverage);   /* icons of fonts that nobody chose */
        cover(fonts, 0, given, private);
        for (int i = 0; i < CTS_COVERAGE_WORDS; i++) set->coverage[i] |= private[i];
    }
    free(private);
    return private && set->coverage ? CTS_OK : CTS_NO_MEMORY;
}

/* Fonts of bitmaps have them at one size, which a matrix scales; without this rule, which is one of every system's
   configuration, emoji are as large as the bitmaps. */
static int add_rules(cts_set *set) {
    static const char rules[] =
        "<?xml version=\"1.0\"?><fontconfig>"
        "<match target=\"font\"><test name=\"outline\" compare=\"eq\"><bool>false</bool></test>"
        "<edit name=\"pixelsizefixupfactor\" mode=\"assign\"><divide><name target=\"pattern\">pixelsize</name>"
        "<name target=\"font\">pixelsize</name></divide></edit>"
        "<edit name=\"matrix\" mode=\"assign\"><times><name>matrix</name><matrix><name>pixelsizefixupfactor</name>"
        "<double>0</double><double>0</double><name>pixelsizefixupfactor</name></matrix></times></edit>"
        "<edit name=\"size\" mode=\"assign\"><divide><name>size</name><name>pixelsizefixupfactor</name></divide></edit>"
        "</match></fontconfig>";
    return FcConfigParseAndLoadFromMemory(set->config, (const FcChar8 *)rules, FcTrue) ? CTS_OK : CTS_NO_MEMORY;
}

int cts_set_describe(cts_set *set, const FcFontSet *fonts, int given) {
    for (int i = 0; i < fonts->nfont; i++) {
        FcChar8 *family;
        for (int k = 0; FcPatternGetString(fonts->fonts[i], FC_FAMILY, k, &family) == FcResultMatch; k++) {
            ptrdiff_t index = family_index(set, family);
            if (index < 0 || add_style(set, (size_t)index, fonts->fonts[i])) return CTS_NO_MEMORY;
        }
    }
    int status = add_rules(set);
    return status ? status : describe_coverage(set, fonts, given);
}

uint32_t cts_compose(uint32_t first, uint32_t second) {
    hb_codepoint_t both = 0;
    return hb_unicode_compose(hb_unicode_funcs_get_default(), first, second, &both) ? both : 0;
}
#endif
