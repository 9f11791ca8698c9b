/* SPDX-License-Identifier: Apache-2.0 */
/* The insides of a set of fonts. */
#ifndef CTS_SET_H
#define CTS_SET_H

#include "internal.h"

struct cts_set {
    FcConfig *config;
    struct cts_pool *pool;
    int *copies;            /* descriptors of files in memory */
    size_t copy_count;
    int64_t copied;         /* bytes */
    char **families;        /* each once */
    size_t family_count;
    cts_style *styles;
    size_t style_count;
    char *emoji, *emoji_family;   /* its path; NULL if there is none */
    uint64_t *coverage;
};

/* Fills in the families, styles and coverage of all fonts, of which the first `given` are the user's, and fontconfig's rules
   (describe.c). */
int cts_set_describe(cts_set *set, const FcFontSet *fonts, int given);

#endif
