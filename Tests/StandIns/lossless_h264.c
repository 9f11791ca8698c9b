/* SPDX-License-Identifier: Apache-2.0 */
/* Lossless H.264: parameter sets and slices of raw macroblocks (I_PCM), with CAVLC; slice data also with CABAC and in P and B
   slices, for who has headers already. Names of fields are those of ITU-T H.264. */
#include "bytes.h"

#include <stdlib.h>

enum {
    PROFILE_MAIN = 77,
    NUMBER_BITS = 16,   /* of frame_num and of pic_order_cnt_lsb */
    REFERENCES = 2,     /* no picture uses another; but where one is the limit, FFmpeg takes every I picture for a key frame */
};

enum { NAL_SLICE = 0x41, NAL_IDR_SLICE = 0x65, NAL_SPS = 0x67, NAL_PPS = 0x68 };

/* Appends the NAL unit whose payload is in `bits`, which is empty again afterwards. */
static void append_unit(struct bytes *out, uint8_t header, struct bits *bits) {
    nal_append(out, &header, 1, &bits->bytes);
    bits->bytes.count = 0;
}

/* The lowest level for the size and the rate. That raw samples are more bits than any level allows is not for a level to say. */
static unsigned level_of(const struct lossless_stream *stream) {
    static const struct {
        unsigned level, frame_size, rate;   /* level_idc, MaxFS, MaxMBPS */
    } levels[] = {
        {10, 99, 1485},       {11, 396, 3000},      {12, 396, 6000},      {13, 396, 11880},
        {21, 792, 19800},     {22, 1620, 20250},    {30, 1620, 40500},    {31, 3600, 108000},
        {32, 5120, 216000},   {40, 8192, 245760},   {42, 8704, 522240},   {50, 22080, 589824},
        {51, 36864, 983040},  {52, 36864, 2073600}, {60, 139264, 4177920}, {61, 139264, 8355840},
    };
    uint64_t width = (uint64_t)(stream->width + 15) / 16, height = (uint64_t)(stream->height + 15) / 16;
    uint64_t rate = 0;   /* macroblocks per second; a picture is two ticks long */
    if (stream->time_scale && stream->num_units) rate = width * height * stream->time_scale / (2 * (uint64_t)stream->num_units);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        uint64_t size = levels[i].frame_size;
        if (width * height <= size && width * width <= 8 * size && height * height <= 8 * size && rate <= levels[i].rate)
            return levels[i].level;
    }
    return 62;
}

static void put_vui(struct bits *bits, const struct lossless_stream *stream, int reorder) {
    vui_put_colours(bits, stream);
    bits_put(bits, 1, 0);                       /* chroma_loc_info_present_flag */
    int has_timing = stream->time_scale && stream->num_units;
    bits_put(bits, 1, (uint32_t)has_timing);    /* timing_info_present_flag */
    if (has_timing) {
        bits_put(bits, 32, stream->num_units);
        bits_put(bits, 32, stream->time_scale);
        bits_put(bits, 1, 1);                   /* fixed_frame_rate_flag */
    }
    bits_put(bits, 1, 0);                       /* nal_hrd_parameters_present_flag */
    bits_put(bits, 1, 0);                       /* vcl_hrd_parameters_present_flag */
    bits_put(bits, 1, 0);                       /* pic_struct_present_flag */
    bits_put(bits, 1, 1);                       /* bitstream_restriction_flag */
    bits_put(bits, 1, 1);                       /* motion_vectors_over_pic_boundaries_flag */
    bits_put_ue(bits, 0);                       /* max_bytes_per_pic_denom: no limit */
    bits_put_ue(bits, 0);                       /* max_bits_per_mb_denom: no limit */
    bits_put_ue(bits, 16);                      /* log2_max_mv_length_horizontal */
    bits_put_ue(bits, 16);                      /* log2_max_mv_length_vertical */
    bits_put_ue(bits, (uint32_t)reorder);       /* max_num_reorder_frames */
    bits_put_ue(bits, (uint32_t)reorder + REFERENCES);   /* max_dec_frame_buffering */
}

static void put_sps(struct bits *bits, const struct lossless_stream *stream, int reorder) {
    unsigned mb_width = (unsigned)(stream->width + 15) / 16, mb_height = (unsigned)(stream->height + 15) / 16;
    /* Crop offsets count pairs of samples; an odd size is shown as the next even one. */
    unsigned crop_right = (mb_width * 16 - (unsigned)stream->width) / 2;
    unsigned crop_bottom = (mb_height * 16 - (unsigned)stream->height) / 2;
    bits_put(bits, 8, PROFILE_MAIN);
    bits_put(bits, 8, 0);                       /* constraint_set flags */
    bits_put(bits, 8, level_of(stream));
    bits_put_ue(bits, 0);                       /* seq_parameter_set_id */
    bits_put_ue(bits, NUMBER_BITS - 4);         /* log2_max_frame_num_minus4 */
    bits_put_ue(bits, 0);                       /* pic_order_cnt_type */
    bits_put_ue(bits, NUMBER_BITS - 4);         /* log2_max_pic_order_cnt_lsb_minus4 */
    bits_put_ue(bits, REFERENCES);              /* max_num_ref_frames */
    bits_put(bits, 1, 0);                       /* gaps_in_frame_num_value_allowed_flag */
    bits_put_ue(bits, mb_width - 1);            /* pic_width_in_mbs_minus1 */
    bits_put_ue(bits, mb_height - 1);           /* pic_height_in_map_units_minus1 */
    bits_put(bits, 1, 1);                       /* frame_mbs_only_flag */
    bits_put(bits, 1, 1);                       /* direct_8x8_inference_flag */
    bits_put(bits, 1, crop_right || crop_bottom);
    if (crop_right || crop_bottom) {
        bits_put_ue(bits, 0);
        bits_put_ue(bits, crop_right);
        bits_put_ue(bits, 0);
        bits_put_ue(bits, crop_bottom);
    }
    bits_put(bits, 1, 1);                       /* vui_parameters_present_flag */
    put_vui(bits, stream, reorder);
    bits_trail(bits);
}

static void put_pps(struct bits *bits) {
    bits_put_ue(bits, 0);       /* pic_parameter_set_id */
    bits_put_ue(bits, 0);       /* seq_parameter_set_id */
    bits_put(bits, 1, 0);       /* entropy_coding_mode_flag: CAVLC */
    bits_put(bits, 1, 0);       /* bottom_field_pic_order_in_frame_present_flag */
    bits_put_ue(bits, 0);       /* num_slice_groups_minus1 */
    bits_put_ue(bits, 0);       /* num_ref_idx_l0_default_active_minus1 */
    bits_put_ue(bits, 0);       /* num_ref_idx_l1_default_active_minus1 */
    bits_put(bits, 1, 0);       /* weighted_pred_flag */
    bits_put(bits, 2, 0);       /* weighted_bipred_idc */
    bits_put_se(bits, 0);       /* pic_init_qp_minus26 */
    bits_put_se(bits, 0);       /* pic_init_qs_minus26 */
    bits_put_se(bits, 0);       /* chroma_qp_index_offset */
    bits_put(bits, 1, 1);       /* deblocking_filter_control_present_flag */
    bits_put(bits, 1, 0);       /* constrained_intra_pred_flag */
    bits_put(bits, 1, 0);       /* redundant_pic_cnt_present_flag */
    bits_trail(bits);
}

void h264_headers(struct bytes *out, const struct lossless_stream *stream, int reorder) {
    struct bits bits = {0};
    put_sps(&bits, stream, reorder);
    append_unit(out, NAL_SPS, &bits);
    put_pps(&bits);
    append_unit(out, NAL_PPS, &bits);
    free(bits.bytes.data);
}

/* Every picture is a reference, so that frame_num simply counts. */
static void put_slice_header(struct bits *bits, int is_idr, int number, int idr_id, int order) {
    bits_put_ue(bits, 0);                                /* first_mb_in_slice */
    bits_put_ue(bits, 5 + H264_SLICE_I);                 /* slice_type: like all slices of the picture */
    bits_put_ue(bits, 0);                                /* pic_parameter_set_id */
    bits_put(bits, NUMBER_BITS, (uint32_t)number);       /* frame_num */
    if (is_idr) bits_put_ue(bits, (uint32_t)idr_id & 0xffff);
    bits_put(bits, NUMBER_BITS, (uint32_t)order);        /* pic_order_cnt_lsb */
    if (is_idr) bits_put(bits, 2, 0);                    /* no_output_of_prior_pics_flag, long_term_reference_flag */
    else bits_put(bits, 1, 0);                           /* adaptive_ref_pic_marking_mode_flag */
    bits_put_se(bits, 0);                                /* slice_qp_delta */
    bits_put_ue(bits, 1);                                /* disable_deblocking_filter_idc */
}

void h264_picture(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture, int is_idr,
                  int number, int idr_id, int order) {
    struct bits bits = {0};
    struct h264_slice slice = {
        .type = H264_SLICE_I, .mb_width = (stream->width + 15) / 16, .mb_height = (stream->height + 15) / 16,
    };
    put_slice_header(&bits, is_idr, number, idr_id, order);
    h264_slice_data(&bits, picture, stream->width, stream->height, &slice);
    append_unit(out, is_idr ? NAL_IDR_SLICE : NAL_SLICE, &bits);
    free(bits.bytes.data);
}

/* Slice data */

/* A macroblock's 384 samples: 16 x 16 of luma, 8 x 8 of either chroma. The bits are at the end of a byte. */
static void put_samples(struct bits *bits, const struct plane planes[3], int mb_x, int mb_y) {
    uint8_t *to = bytes_room(&bits->bytes, 384);
    plane_block_8(to, &planes[0], mb_x * 16, mb_y * 16, 16);
    plane_block_8(to + 256, &planes[1], mb_x * 8, mb_y * 8, 8);
    plane_block_8(to + 320, &planes[2], mb_x * 8, mb_y * 8, 8);
    bits->bytes.count += 384;
}

static void put_slice_data_cavlc(struct bits *bits, const struct plane planes[3], const struct h264_slice *slice) {
    /* mb_type of I_PCM; in P and B slices the types of inter macroblocks come first. */
    static const uint32_t pcm_type[] = {[H264_SLICE_P] = 5 + 25, [H264_SLICE_B] = 23 + 25, [H264_SLICE_I] = 25};
    for (int y = 0; y < slice->mb_height; y++) {
        for (int x = 0; x < slice->mb_width; x++) {
            if (slice->type != H264_SLICE_I) bits_put_ue(bits, 0);   /* mb_skip_run */
            bits_put_ue(bits, pcm_type[slice->type]);
            bits_align(bits, 0);
            put_samples(bits, planes, x, y);
        }
    }
    bits_trail(bits);
}

/* The contexts that lead to I_PCM, by ctxIdx: `skip` 11…13 (P), 24…26 (B); `type` 3…5 (I), 14 (P), 27…29 (B); `prefix` 30 and
   31 (B); `intra` 17 (P), 32 (B), where it ends the prefix too. Of three, the index is how many neighbours count. */
struct pcm_contexts {
    struct cabac_context skip[3], type[3], prefix[2], intra;
};

static void init_contexts(struct pcm_contexts *contexts, const struct h264_slice *slice) {
    struct slope { int8_t m, n; };
    static const struct slope type_i[3] = {{20, -15}, {2, 54}, {3, 74}};
    /* For cabac_init_idc 0, 1 and 2: */
    static const struct slope skip_p[3][3] = {
        {{23, 33}, {23, 2}, {21, 0}}, {{22, 25}, {34, 0}, {16, 0}}, {{29, 16}, {25, 0}, {14, 0}},
    };
    static const struct slope type_p[3] = {{1, 9}, {-2, 9}, {-10, 51}};
    static const struct slope intra_p[3] = {{5, 57}, {2, 65}, {26, 16}};
    static const struct slope skip_b[3][3] = {
        {{18, 64}, {9, 43}, {29, 0}}, {{26, 34}, {19, 22}, {40, 0}}, {{20, 40}, {20, 10}, {29, 0}},
    };
    static const struct slope type_b[3][3] = {
        {{26, 67}, {16, 90}, {9, 104}}, {{57, 2}, {41, 36}, {26, 69}}, {{54, 0}, {37, 42}, {12, 97}},
    };
    static const struct slope prefix_b[3][2] = {{{-46, 127}, {-20, 104}}, {{-45, 127}, {-15, 101}}, {{-32, 127}, {-22, 117}}};
    static const struct slope intra_b[3] = {{1, 67}, {-4, 76}, {-2, 74}};

    int idc = slice->cabac_init_idc, qp = slice->qp, is_b = slice->type == H264_SLICE_B;
    if (slice->type == H264_SLICE_I) {
        for (int i = 0; i < 3; i++) cabac_context_init(&contexts->type[i], type_i[i].m, type_i[i].n, qp);
        return;
    }
    const struct slope *skip = is_b ? skip_b[idc] : skip_p[idc], *type = is_b ? type_b[idc] : &type_p[idc];
    const struct slope *intra = is_b ? &intra_b[idc] : &intra_p[idc];
    for (int i = 0; i < 3; i++) cabac_context_init(&contexts->skip[i], skip[i].m, skip[i].n, qp);
    for (int i = 0; i < (is_b ? 3 : 1); i++) cabac_context_init(&contexts->type[i], type[i].m, type[i].n, qp);
    for (int i = 0; is_b && i < 2; i++) cabac_context_init(&contexts->prefix[i], prefix_b[idc][i].m, prefix_b[idc][i].n, qp);
    cabac_context_init(&contexts->intra, intra->m, intra->n, qp);
}

/* Codes the type I_PCM up to the bin that ends the coding. `neighbours`: how many there are to the left and above (all I_PCM). */
static void put_pcm_type(struct cabac *cabac, struct pcm_contexts *contexts, enum h264_slice_type type, int neighbours) {
    if (type != H264_SLICE_I) cabac_put(cabac, &contexts->skip[neighbours], 0);
    switch (type) {
    case H264_SLICE_I:
        cabac_put(cabac, &contexts->type[neighbours], 1);   /* not I_NxN */
        break;
    case H264_SLICE_P:
        cabac_put(cabac, &contexts->type[0], 1);            /* the prefix of intra types */
        cabac_put(cabac, &contexts->intra, 1);              /* not I_NxN */
        break;
    case H264_SLICE_B:
        cabac_put(cabac, &contexts->type[neighbours], 1);   /* the prefix of intra types: 111101 */
        cabac_put(cabac, &contexts->prefix[0], 1);
        cabac_put(cabac, &contexts->prefix[1], 1);
        cabac_put(cabac, &contexts->intra, 1);
        cabac_put(cabac, &contexts->intra, 0);
        cabac_put(cabac, &contexts->intra, 1);
        cabac_put(cabac, &contexts->intra, 1);              /* not I_NxN */
        break;
    }
    cabac_put_terminate(cabac, 1);
}

static void put_slice_data_cabac(struct bits *bits, const struct plane planes[3], const struct h264_slice *slice) {
    struct pcm_contexts contexts;
    struct cabac cabac;
    init_contexts(&contexts, slice);
    bits_align(bits, 1);
    cabac_start(&cabac, bits);
    for (int y = 0; y < slice->mb_height; y++) {
        for (int x = 0; x < slice->mb_width; x++) {
            put_pcm_type(&cabac, &contexts, slice->type, (x > 0) + (y > 0));
            bits_align(bits, 0);
            put_samples(bits, planes, x, y);
            cabac_start(&cabac, bits);
            cabac_put_terminate(&cabac, y == slice->mb_height - 1 && x == slice->mb_width - 1);   /* end_of_slice_flag */
        }
    }
    bits_align(bits, 0);
}

void h264_slice_data(struct bits *bits, const struct lossless_picture *picture, int width, int height,
                     const struct h264_slice *slice) {
    struct plane planes[3];
    picture_planes(planes, picture, width, height);
    bytes_room(&bits->bytes, (size_t)slice->mb_width * (size_t)slice->mb_height * 388 + 16);
    if (slice->uses_cabac) put_slice_data_cabac(bits, planes, slice);
    else put_slice_data_cavlc(bits, planes, slice);
}
