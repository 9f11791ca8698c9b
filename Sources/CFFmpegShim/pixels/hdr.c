/* SPDX-License-Identifier: Apache-2.0 */
/* Colours of ITU-R BT.2100 as SDR: a tone map after ITU-R BT.2390. */
#include "colour.h"

#include <math.h>

/* SMPTE ST 2084, equations 4.1 and 5.2; 1 is 10,000 cd/m². */
static const double m1 = 2610.0 / 16384, m2 = 2523.0 / 4096 * 128, c1 = 3424.0 / 4096, c2 = 2413.0 / 4096 * 32,
                    c3 = 2392.0 / 4096 * 32;

static double pq_decode(double value) {
    double p = pow(fmax(value, 0), 1 / m2);
    return pow(fmax(p - c1, 0) / (c2 - c3 * p), 1 / m1);
}

static double pq_encode(double light) {
    double p = pow(fmax(light, 0), m1);
    return pow((c1 + c2 * p) / (1 + c3 * p), m2);
}

/* ARIB STD-B67: light of the scene, 0 … 1. */
static double hlg_decode(double value) {
    const double a = 0.17883277, b = 1 - 4 * a, c = 0.5 - a * log(4 * a);
    return value <= 0.5 ? value * value / 3 : (exp((value - c) / a) + b) / 12;
}

/* The brightest light that is expected, as most HDR is graded for it, and diffuse white (ITU-R BT.2408), in cd/m². */
static const double peak = 1000, white = 203;

/* BT.2390-10, 5.4.1: the curve that leaves dark and middle tones alone, and bends the bright ones down to `white`. */
static double tone(double light) {
    double top = pq_encode(peak / 10000), most = pq_encode(white / 10000) / top, knee = 1.5 * most - 0.5;
    double e = fmin(pq_encode(light) / top, 1);
    if (e > knee) {
        double t = (e - knee) / (1 - knee), t2 = t * t, t3 = t2 * t;
        e = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (-2 * t3 + 3 * t2) * most;
    }
    return pq_decode(e * top);
}

void cfs_hdr_to_sdr(int is_hlg, const float in[3], float out[3]) {
    double rgb[3], most = 0;
    for (int c = 0; c < 3; c++) rgb[c] = is_hlg ? hlg_decode(in[c]) : pq_decode(in[c]);
    if (is_hlg) {
        /* BT.2100-2, table 5: from the scene's light to that of a screen of 1,000 cd/m². */
        double luminance = 0.2627 * rgb[0] + 0.6780 * rgb[1] + 0.0593 * rgb[2], gain = pow(luminance, 0.2) * peak / 10000;
        for (int c = 0; c < 3; c++) rgb[c] *= gain;
    }
    for (int c = 0; c < 3; c++) most = fmax(most, rgb[c]);
    /* All channels are scaled alike, so that hues stay. */
    double scale = most > 0 ? tone(most) / most * (10000 / white) : 0;
    for (int c = 0; c < 3; c++) rgb[c] *= scale;
    /* ITU-R BT.2087-0, 3: BT.2020 to BT.709. */
    const double matrix[3][3] = {{1.6605, -0.5876, -0.0728}, {-0.1246, 1.1329, -0.0083}, {-0.0182, -0.1006, 1.1187}};
    for (int c = 0; c < 3; c++) {
        double light = matrix[c][0] * rgb[0] + matrix[c][1] * rgb[1] + matrix[c][2] * rgb[2];
        out[c] = (float)pow(fmin(fmax(light, 0), 1), 1 / 2.4);   /* ITU-R BT.1886 */
    }
}
