/* SPDX-License-Identifier: Apache-2.0 */
/* Pango contexts, lent to one user at a time: nobody waits while somebody else lays text out. */
#ifdef CTS_TEXT   /* the trait Text: without it there need be no Pango */
#include "internal.h"

#include <pango/pangoft2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_KEPT = 8, MOST_USES = 512 };

struct cts_pool {
    pthread_mutex_t lock;
    cts_context *kept;
    int count;
};

struct cts_pool *cts_pool_create(void) {
    struct cts_pool *pool = calloc(1, sizeof *pool);
    if (pool) pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void cts_pool_free(struct cts_pool *pool) {
    if (!pool) return;
    while (pool->kept) {
        cts_context *next = pool->kept->next;
        cts_context_free(pool->kept);
        pool->kept = next;
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void cts_context_free(cts_context *context) {
    if (!context) return;
    cts_images_free(context->images);
    if (context->pango) g_object_unref(context->pango);
    if (context->map) {
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(context->map), NULL);   /* Pango 1.50 never lets it go */
        g_object_unref(context->map);
    }
    free(context);
}

/* Undoes what the machine's own configuration did to a request, since this kind of font map always asks it: only families of
   ours are kept, which its rules do not know by their marked names. Emoji Pango asks for as the family "emoji". */
static void only_ours(FcPattern *pattern, gpointer data) {
    cts_set *set = data;
    static const char *const others[] = {FC_HINTING, FC_HINT_STYLE, FC_AUTOHINT, FC_ANTIALIAS, FC_EMBOLDEN, FC_MATRIX,
                                         FC_FONT_FEATURES};
    FcPattern *asked = FcPatternCreate();
    FcChar8 *family;
    size_t mark = strlen(CTS_FAMILY_MARK);
    for (int i = 0; FcPatternGetString(pattern, FC_FAMILY, i, &family) == FcResultMatch; i++) {
        const char *name = (const char *)family, *emoji = cts_set_emoji_family(set);
        if (!strncmp(name, CTS_FAMILY_MARK, mark)) FcPatternAddString(asked, FC_FAMILY, family + mark);
        else if (!i && emoji && !strcmp(name, "emoji")) FcPatternAddString(asked, FC_FAMILY, (const FcChar8 *)emoji);
    }
    FcPatternDel(pattern, FC_FAMILY);
    for (int i = 0; FcPatternGetString(asked, FC_FAMILY, i, &family) == FcResultMatch; i++)
        FcPatternAddString(pattern, FC_FAMILY, family);
    FcPatternDestroy(asked);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) FcPatternDel(pattern, others[i]);
    FcPatternAddBool(pattern, FC_HINTING, FcFalse);
}

/* Makes a context that measures without hinting, so that widths grow evenly with the size. Of Pango's kinds of font maps it is
   the one that shares nothing with other threads: cairo's opens files of fonts beside each other with one FreeType. */
static cts_context *make(cts_set *set) {
    cts_context *context = calloc(1, sizeof *context);
    if (!context) return NULL;
    context->map = pango_ft2_font_map_new();
    context->images = cts_images_create();
    if (!context->map || !context->images) {
        cts_context_free(context);
        return NULL;
    }
    PangoFcFontMap *map = PANGO_FC_FONT_MAP(context->map);
    pango_fc_font_map_set_config(map, cts_set_config(set));
    pango_fc_font_map_set_default_substitute(map, only_ours, set, NULL);
    pango_ft2_font_map_set_resolution(PANGO_FT2_FONT_MAP(context->map), 72, 72);   /* a point is a pixel */
    context->pango = pango_font_map_create_context(context->map);
    pango_context_set_round_glyph_positions(context->pango, FALSE);
    return context;
}

cts_context *cts_context_take(cts_set *set) {
    struct cts_pool *pool = cts_set_pool(set);
    pthread_mutex_lock(&pool->lock);
    cts_context *context = pool->kept;
    if (context) {
        pool->kept = context->next;
        pool->count--;
    }
    pthread_mutex_unlock(&pool->lock);
    if (!context) context = make(set);
    if (context) context->next = NULL;
    return context;
}

void cts_context_give(cts_set *set, cts_context *context) {
    if (!context) return;
    struct cts_pool *pool = cts_set_pool(set);
    /* Pango keeps every size that it met for a while; a text that grows has many. */
    int kept = ++context->uses < MOST_USES;
    pthread_mutex_lock(&pool->lock);
    if (kept && (kept = pool->count < MOST_KEPT)) {
        context->next = pool->kept;
        pool->kept = context;
        pool->count++;
    }
    pthread_mutex_unlock(&pool->lock);
    if (!kept) cts_context_free(context);
}
#endif
