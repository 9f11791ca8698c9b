/* SPDX-License-Identifier: Apache-2.0 */
/* The insides of a set of fonts. */
#ifndef CTS_SET_H
#define CTS_SET_H

#include "internal.h"

/* A font file that was given. */
typedef struct {
    char *path, *family;    /* the family is NULL if it keeps its own */
    int copy;               /* its copy's descriptor, which is closed with the set; -1 if there is none */
} cts_given;

struct cts_set {
    FcConfig *config;
    struct cts_pool *pool;
    cts_given *given;
    size_t given_count;
    int has_bundled, has_system;
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

/* Takes out of a font's pattern the characters that HarfBuzz takes apart into others that the font lacks (splits.c). A pattern
   that others share is replaced by a changed copy, and the caller's reference to it given up. */
int cts_leave_out_splits(FcPattern **pattern, int is_shared);

#endif
