/* SPDX-License-Identifier: Apache-2.0 */
/* Characters that HarfBuzz takes apart although a font has a glyph for the whole, such as Thai's “am”. A font that lacks the
   halves cannot draw them, so it is said not to have them: another font is chosen then, or the text is refused. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "set.h"

#include <hb.h>
#include <pthread.h>
#include <stdint.h>

/* The blocks of scripts for which HarfBuzz has more than the common rules. In these two ranges are all that it takes apart
   unasked; the others stay as they are. */
static const struct { FcChar32 first, last; } SCRIPTS[] = {{0x0590, 0x1CFF}, {0xA800, 0xABFF}};

enum { MOST_PARTS = 8, KNOWN_WORDS = 0xAC00 / 32 };

/* ---- What HarfBuzz does with one character ---------- */

/* Has the glyph `c` for the character `c`, if that is the only one or none is. */
static hb_bool_t glyph_of(hb_font_t *font, void *data, hb_codepoint_t character, hb_codepoint_t *glyph, void *user) {
    (void)font, (void)user;
    const hb_codepoint_t *only = data;
    if (*only && character != *only) return 0;
    *glyph = character;
    return 1;
}

static hb_blob_t *no_table(hb_face_t *face, hb_tag_t tag, void *data) {
    (void)face, (void)tag, (void)data;
    return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static hb_font_funcs_t *functions;
static hb_face_t *no_rules;

static void make_functions(void) {
    no_rules = hb_face_create_for_tables(no_table, NULL, NULL);
    hb_face_make_immutable(no_rules);
    functions = hb_font_funcs_create();
    hb_font_funcs_set_nominal_glyph_func(functions, glyph_of, NULL, NULL);
    hb_font_funcs_make_immutable(functions);
}

/* Shapes a character with a font that has only the glyph `only`, or all if that is 0. Returns how many glyphs there are, and
   the first ones; 0 is one that is missing. */
static unsigned shape(FcChar32 character, hb_codepoint_t only, hb_codepoint_t glyphs[MOST_PARTS]) {
    pthread_once(&once, make_functions);
    hb_font_t *font = hb_font_create(no_rules);
    hb_font_set_funcs(font, functions, &only, NULL);
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add(buffer, character, 0);
    hb_buffer_set_content_type(buffer, HB_BUFFER_CONTENT_TYPE_UNICODE);
    hb_buffer_set_flags(buffer, HB_BUFFER_FLAG_DO_NOT_INSERT_DOTTED_CIRCLE);
    hb_buffer_guess_segment_properties(buffer);
    hb_shape(font, buffer, NULL, 0);
    unsigned count;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &count);
    if (count > MOST_PARTS) count = MOST_PARTS;
    for (unsigned i = 0; i < count; i++) glyphs[i] = info[i].codepoint;
    hb_buffer_destroy(buffer);
    hb_font_destroy(font);
    return count;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t asked[KNOWN_WORDS], taken_apart[KNOWN_WORDS];

/* Whether the glyph of the whole is not enough. Remembers what HarfBuzz did. */
static int is_taken_apart(FcChar32 character) {
    uint32_t bit = 1u << (character % 32), *known = &asked[character / 32], *apart = &taken_apart[character / 32];
    pthread_mutex_lock(&lock);
    if (!(*known & bit)) {
        hb_codepoint_t glyphs[MOST_PARTS];
        unsigned count = shape(character, character, glyphs);
        for (unsigned i = 0; i < count; i++)
            if (!glyphs[i]) *apart |= bit;
        *known |= bit;
    }
    int result = (*apart & bit) != 0;
    pthread_mutex_unlock(&lock);
    return result;
}

/* ---- Fonts ---------- */

static int lacks_part(const FcCharSet *chars, FcChar32 character) {
    if (!is_taken_apart(character)) return 0;
    hb_codepoint_t glyphs[MOST_PARTS];
    unsigned count = shape(character, 0, glyphs);
    for (unsigned i = 0; i < count; i++)
        if (!FcCharSetHasChar(chars, glyphs[i])) return 1;
    return 0;
}

/* Adds the characters of a set that lack a part of theirs to another. */
static int add_lacking(const FcCharSet *chars, FcCharSet *lacking) {
    FcChar32 map[FC_CHARSET_MAP_SIZE], next;
    for (FcChar32 page = FcCharSetFirstPage(chars, map, &next); page != FC_CHARSET_DONE;
         page = FcCharSetNextPage(chars, map, &next)) {
        for (size_t range = 0; range < sizeof SCRIPTS / sizeof *SCRIPTS; range++) {
            if (page + 0xFF < SCRIPTS[range].first || page > SCRIPTS[range].last) continue;
            for (FcChar32 c = page; c <= page + 0xFF; c++) {
                if (c < SCRIPTS[range].first || c > SCRIPTS[range].last) continue;
                if (!(map[(c - page) / 32] >> (c - page) % 32 & 1) || !lacks_part(chars, c)) continue;
                if (!FcCharSetAddChar(lacking, c)) return CTS_NO_MEMORY;
            }
        }
    }
    return CTS_OK;
}

/* Gives a pattern the characters of one set that are not in another. */
static int leave_out(FcPattern *pattern, const FcCharSet *chars, const FcCharSet *lacking) {
    FcCharSet *rest = FcCharSetSubtract(chars, lacking);
    if (!rest) return CTS_NO_MEMORY;
    FcPatternDel(pattern, FC_CHARSET);
    int added = FcPatternAddCharSet(pattern, FC_CHARSET, rest);
    FcCharSetDestroy(rest);
    return added ? CTS_OK : CTS_NO_MEMORY;
}

int cts_leave_out_splits(FcPattern **pattern, int is_shared) {
    FcCharSet *chars = NULL;
    if (FcPatternGetCharSet(*pattern, FC_CHARSET, 0, &chars) != FcResultMatch) return CTS_OK;
    FcCharSet *lacking = FcCharSetCreate();
    int status = lacking ? add_lacking(chars, lacking) : CTS_NO_MEMORY;
    if (!status && FcCharSetCount(lacking)) {
        FcPattern *own = is_shared ? FcPatternDuplicate(*pattern) : *pattern;
        status = own ? leave_out(own, chars, lacking) : CTS_NO_MEMORY;
        if (own && is_shared) {
            FcPatternDestroy(*pattern);
            *pattern = own;
        }
    }
    if (lacking) FcCharSetDestroy(lacking);
    return status;
}
#endif
