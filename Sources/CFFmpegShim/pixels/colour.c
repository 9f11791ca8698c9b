/* SPDX-License-Identifier: Apache-2.0 */
/* Colours of a profile as sRGB, by LittleCMS: relative colorimetric, with black point compensation. */
#include "colour.h"

#include <lcms2.h>
#include <math.h>
#include <string.h>

/* Unclipped values at the nodes of a cube, so that what lies between them is right up to the edge of sRGB. */
struct cfs_colours {
    v4 *cube;                    /* [red][green][blue]; NULL for grey pictures */
    uint16_t *curve;             /* 65536 values for grey pictures; NULL for others */
};

enum { NODES = CFS_COLOUR_NODES };

void cfs_colours_free(cfs_colours *colours) {
    if (!colours) return;
    av_free(colours->cube);
    av_free(colours->curve);
    av_free(colours);
}

static float away(float a, float b) { return fabsf(a - b); }

/* Fills the table by a transform from floats to RGB. Returns 1 if it changes nothing that can be seen. */
static int fill_cube(cfs_colours *colours, cmsHTRANSFORM transform) {
    float in[NODES * 3], out[NODES * 3], most = 0;
    for (int r = 0; r < NODES; r++)
        for (int g = 0; g < NODES; g++) {
            for (int b = 0; b < NODES; b++) {
                in[3 * b] = (float)r / (NODES - 1);
                in[3 * b + 1] = (float)g / (NODES - 1);
                in[3 * b + 2] = (float)b / (NODES - 1);
            }
            cmsDoTransform(transform, in, out, NODES);
            v4 *row = colours->cube + (r * NODES + g) * NODES;
            for (int b = 0; b < NODES; b++) {
                for (int c = 0; c < 3; c++) {
                    most = fmaxf(most, away(out[3 * b + c], in[3 * b + c]));
                    row[b][c] = out[3 * b + c];
                }
                row[b][3] = 0;
            }
        }
    return most < 1.25f / 255;
}

static int fill_curve(cfs_colours *colours, cmsHTRANSFORM transform) {
    float most = 0;
    for (int i = 0; i < 65536; i++) {
        float grey = (float)i / 65535, in[3] = {grey, grey, grey}, out[3];
        cmsDoTransform(transform, in, out, 1);
        most = fmaxf(most, away(out[1], grey));
        colours->curve[i] = (uint16_t)lrintf(fminf(fmaxf(out[1], 0), 1) * 65535);
    }
    return most < 1.25f / 255;
}

/* Makes the table from a profile, which it closes. */
static int from_profile(cmsHPROFILE profile, int is_grey, cfs_colours **result) {
    *result = NULL;
    if (!profile) return AVERROR_INVALIDDATA;
    cmsColorSpaceSignature space = cmsGetColorSpace(profile);
    int channels = space == cmsSigRgbData ? 3 : space == cmsSigGrayData && is_grey ? 1 : 0;
    cmsHPROFILE srgb = channels ? cmsCreate_sRGBProfile() : NULL;
    cmsHTRANSFORM transform = NULL;
    if (srgb)
        transform = cmsCreateTransform(profile, channels == 3 ? TYPE_RGB_FLT : TYPE_GRAY_FLT, srgb, TYPE_RGB_FLT,
                                       INTENT_RELATIVE_COLORIMETRIC,
                                       cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE);
    cmsCloseProfile(profile);
    if (srgb) cmsCloseProfile(srgb);
    if (!transform) return AVERROR_INVALIDDATA;
    cfs_colours *colours = av_mallocz(sizeof *colours);
    if (colours) {
        if (is_grey) colours->curve = av_malloc_array(65536, sizeof *colours->curve);
        else colours->cube = av_malloc_array(NODES * NODES * NODES, sizeof *colours->cube);
    }
    int status = 0;
    if (!colours || !(is_grey ? (void *)colours->curve : (void *)colours->cube)) status = AVERROR(ENOMEM);
    else if (is_grey ? fill_curve(colours, transform) : fill_cube(colours, transform)) status = 1;
    cmsDeleteTransform(transform);
    if (status) {
        cfs_colours_free(colours);
        return status < 0 ? status : 0;
    }
    *result = colours;
    return 0;
}

int cfs_colours_of_profile(const uint8_t *bytes, size_t size, int is_grey, cfs_colours **colours) {
    *colours = NULL;
    if (size < 128 || size > CFS_MOST_PROFILE) return AVERROR_INVALIDDATA;
    return from_profile(cmsOpenProfileFromMem(bytes, (cmsUInt32Number)size), is_grey, colours);
}

int cfs_colours_of_primaries(const double xy[8], enum cfs_transfer transfer, double gamma, int is_grey,
                             cfs_colours **colours) {
    *colours = NULL;
    cmsCIExyY white = {xy[0], xy[1], 1};
    cmsCIExyYTRIPLE primaries = {{xy[2], xy[3], 1}, {xy[4], xy[5], 1}, {xy[6], xy[7], 1}};
    /* IEC 61966-2-1 and ITU-R BT.709-6, as curves of type 4: (a x + b)^g, or c x below d. */
    const double srgb[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    const double bt709[5] = {1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081};
    cmsToneCurve *curve = transfer == CFS_GAMMA ? cmsBuildGamma(NULL, gamma)
                                                : cmsBuildParametricToneCurve(NULL, 4, transfer == CFS_SRGB ? srgb : bt709);
    if (!curve) return AVERROR_INVALIDDATA;
    cmsToneCurve *curves[3] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
    cmsFreeToneCurve(curve);
    return from_profile(profile, is_grey, colours);
}

int cfs_colours_of_hdr(int is_hlg, cfs_colours **colours) {
    cfs_colours *made = av_mallocz(sizeof *made);
    *colours = NULL;
    if (!made || !(made->cube = av_malloc_array(NODES * NODES * NODES, sizeof *made->cube))) {
        cfs_colours_free(made);
        return AVERROR(ENOMEM);
    }
    for (int i = 0; i < NODES * NODES * NODES; i++) {
        float out[3], in[3] = {(float)(i / (NODES * NODES)), (float)(i / NODES % NODES), (float)(i % NODES)};
        for (int c = 0; c < 3; c++) in[c] /= NODES - 1;
        cfs_hdr_to_sdr(is_hlg, in, out);
        made->cube[i] = (v4){out[0], out[1], out[2], 0};
    }
    *colours = made;
    return 0;
}

typedef int i4 __attribute__((vector_size(16)));

/* Tetrahedral interpolation (Kasson et al., 1993): from black to white of the cell along the channels in order of size.
   Which order that is comes from comparing each two of them, without a branch, which noise would mislead. */
static void apply_cube(const cfs_colours *colours, uint16_t *red, uint16_t *green, uint16_t *blue, int width) {
    enum { R = NODES * NODES, G = NODES, B = 1 };
    /* Bits: red at least green, green at least blue, red at least blue; 3 and 4 cannot be. */
    static const int first[8] = {B, B, G, 0, 0, R, G, R}, second[8] = {B + G, B + R, G + B, 0, 0, R + B, G + R, R + G};
    const float scale = (NODES - 1) / 65535.0f;
    for (int x = 0; x < width; x++) {
        float r = red[x] * scale, g = green[x] * scale, b = blue[x] * scale;
        int nr = cfs_min((int)r, NODES - 2), ng = cfs_min((int)g, NODES - 2), nb = cfs_min((int)b, NODES - 2);
        r -= (float)nr;
        g -= (float)ng;
        b -= (float)nb;
        const v4 *cell = colours->cube + nr * R + ng * G + nb;
        int order = (r >= g) | (g >= b) << 1 | (r >= b) << 2;
        float high = r > g ? r : g, low = r > g ? g : r;
        float most = high > b ? high : b, least = low < b ? low : b, middle = r + g + b - most - least;
        v4 value = cell[0] * (1 - most) + cell[first[order]] * (most - middle) + cell[second[order]] * (middle - least)
                   + cell[R + G + B] * least;
        value = value * 65535 + 0.5f;
        i4 level = __builtin_convertvector(value, i4);
        level &= level > 0;
        i4 over = level > 65535;
        level = (level & ~over) | (over & 65535);
        red[x] = (uint16_t)level[0];
        green[x] = (uint16_t)level[1];
        blue[x] = (uint16_t)level[2];
    }
}

void cfs_colours_apply(const cfs_colours *colours, uint8_t *const planes[3], const ptrdiff_t strides[3], int width,
                       int height) {
    for (int y = 0; y < height; y++) {
        uint16_t *row[3];
        for (int p = 0; p < 3; p++) row[p] = planes[p] ? (uint16_t *)(void *)(planes[p] + y * strides[p]) : NULL;
        if (colours->cube) apply_cube(colours, row[0], row[1], row[2], width);
        else for (int x = 0; x < width; x++) row[0][x] = colours->curve[row[0][x]];
    }
}

int cfs_colours_are_grey(const cfs_colours *colours) { return colours->curve != NULL; }
