/* SPDX-License-Identifier: Apache-2.0 */
/* Lossless HEVC, Main and Main 10: parameter sets and I slices in which every block of 16 x 16 is raw samples (pcm_flag), with
   all loop filters off. Names of fields are those of ITU-T H.265. */
#include "bytes.h"

#include <stdlib.h>

enum { NAL_TRAIL_R = 1, NAL_IDR_W_RADL = 19, NAL_VPS = 32, NAL_SPS = 33, NAL_PPS = 34 };

enum {
    BLOCK = 16, LOG2_BLOCK = 4,   /* of coding tree, coding and raw blocks alike */
    ORDER_BITS = 16,              /* of slice_pic_order_cnt_lsb */
};

/* Appends the NAL unit whose payload is in `bits`, which is empty again afterwards. */
static void append_unit(struct bytes *out, int type, struct bits *bits) {
    uint8_t header[2] = {(uint8_t)(type << 1), 1};   /* nuh_layer_id 0, nuh_temporal_id_plus1 1 */
    nal_append(out, header, sizeof header, &bits->bytes);
    bits->bytes.count = 0;
}

static unsigned rounded_up(int size) {
    return (unsigned)(size + BLOCK - 1) / BLOCK * BLOCK;
}

/* The lowest level (general_level_idc) for the size and the rate. That raw samples are more bits than any level allows is not
   for a level to say. */
static unsigned level_of(const struct lossless_stream *stream) {
    static const struct {
        unsigned level;
        uint64_t size, rate;   /* MaxLumaPs, MaxLumaSr */
    } levels[] = {
        {30, 36864, 552960},       {60, 122880, 3686400},     {63, 245760, 7372800},     {90, 552960, 16588800},
        {93, 983040, 33177600},    {120, 2228224, 66846720},  {123, 2228224, 133693440}, {150, 8912896, 267386880},
        {153, 8912896, 534773760}, {156, 8912896, 1069547520}, {180, 35651584, 1069547520}, {183, 35651584, 2139095040},
    };
    uint64_t width = rounded_up(stream->width), height = rounded_up(stream->height), rate = 0;
    if (stream->time_scale && stream->num_units) rate = width * height * stream->time_scale / stream->num_units;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        uint64_t size = levels[i].size;
        if (width * height <= size && width * width <= 8 * size && height * height <= 8 * size && rate <= levels[i].rate)
            return levels[i].level;
    }
    return 186;
}

static void put_profile_tier_level(struct bits *bits, const struct lossless_stream *stream) {
    int is_main_10 = stream->bits > 8;
    bits_put(bits, 2, 0);                      /* general_profile_space */
    bits_put(bits, 1, 0);                      /* general_tier_flag */
    bits_put(bits, 5, is_main_10 ? 2 : 1);     /* general_profile_idc */
    /* general_profile_compatibility_flag[0…31]: a Main stream is a Main 10 stream too. */
    bits_put(bits, 32, is_main_10 ? UINT32_C(1) << 29 : UINT32_C(3) << 29);
    bits_put(bits, 4, 9);                      /* general_progressive_source_flag, general_frame_only_constraint_flag */
    bits_put(bits, 32, 0);                     /* 44 reserved bits */
    bits_put(bits, 12, 0);
    bits_put(bits, 8, level_of(stream));
}

/* The picture buffer: from ..._sub_layer_ordering_info_present_flag on. No picture refers to another, so that only pictures
   which wait to be shown are kept. */
static void put_buffer(struct bits *bits, int reorder) {
    bits_put(bits, 1, 1);                      /* ..._sub_layer_ordering_info_present_flag */
    bits_put_ue(bits, (uint32_t)reorder);      /* ..._max_dec_pic_buffering_minus1 */
    bits_put_ue(bits, (uint32_t)reorder);      /* ..._max_num_reorder_pics */
    bits_put_ue(bits, 0);                      /* ..._max_latency_increase_plus1: no limit */
}

static void put_vps(struct bits *bits, const struct lossless_stream *stream, int reorder) {
    bits_put(bits, 4, 0);        /* vps_video_parameter_set_id */
    bits_put(bits, 2, 3);        /* vps_base_layer_internal_flag, vps_base_layer_available_flag */
    bits_put(bits, 6, 0);        /* vps_max_layers_minus1 */
    bits_put(bits, 3, 0);        /* vps_max_sub_layers_minus1 */
    bits_put(bits, 1, 1);        /* vps_temporal_id_nesting_flag */
    bits_put(bits, 16, 0xffff);  /* vps_reserved_0xffff_16bits */
    put_profile_tier_level(bits, stream);
    put_buffer(bits, reorder);
    bits_put(bits, 6, 0);        /* vps_max_layer_id */
    bits_put_ue(bits, 0);        /* vps_num_layer_sets_minus1 */
    bits_put(bits, 1, 0);        /* vps_timing_info_present_flag */
    bits_put(bits, 1, 0);        /* vps_extension_flag */
    bits_trail(bits);
}

static void put_vui(struct bits *bits, const struct lossless_stream *stream) {
    vui_put_colours(bits, stream);
    bits_put(bits, 1, 0);        /* chroma_loc_info_present_flag */
    bits_put(bits, 1, 0);        /* neutral_chroma_indication_flag */
    bits_put(bits, 1, 0);        /* field_seq_flag */
    bits_put(bits, 1, 0);        /* frame_field_info_present_flag */
    bits_put(bits, 1, 0);        /* default_display_window_flag */
    int has_timing = stream->time_scale && stream->num_units;
    bits_put(bits, 1, (uint32_t)has_timing);   /* vui_timing_info_present_flag */
    if (has_timing) {
        bits_put(bits, 32, stream->num_units);
        bits_put(bits, 32, stream->time_scale);
        bits_put(bits, 1, 0);    /* vui_poc_proportional_to_timing_flag */
        bits_put(bits, 1, 0);    /* vui_hrd_parameters_present_flag */
    }
    bits_put(bits, 1, 0);        /* bitstream_restriction_flag */
}

static void put_sps(struct bits *bits, const struct lossless_stream *stream, int reorder) {
    unsigned width = rounded_up(stream->width), height = rounded_up(stream->height);
    /* The window's offsets count pairs of samples; an odd size is shown as the next even one. */
    unsigned crop_right = (width - (unsigned)stream->width) / 2, crop_bottom = (height - (unsigned)stream->height) / 2;
    bits_put(bits, 4, 0);                             /* sps_video_parameter_set_id */
    bits_put(bits, 3, 0);                             /* sps_max_sub_layers_minus1 */
    bits_put(bits, 1, 1);                             /* sps_temporal_id_nesting_flag */
    put_profile_tier_level(bits, stream);
    bits_put_ue(bits, 0);                             /* sps_seq_parameter_set_id */
    bits_put_ue(bits, 1);                             /* chroma_format_idc: 4:2:0 */
    bits_put_ue(bits, width);
    bits_put_ue(bits, height);
    bits_put(bits, 1, crop_right || crop_bottom);     /* conformance_window_flag */
    if (crop_right || crop_bottom) {
        bits_put_ue(bits, 0);
        bits_put_ue(bits, crop_right);
        bits_put_ue(bits, 0);
        bits_put_ue(bits, crop_bottom);
    }
    bits_put_ue(bits, (uint32_t)stream->bits - 8);    /* bit_depth_luma_minus8 */
    bits_put_ue(bits, (uint32_t)stream->bits - 8);    /* bit_depth_chroma_minus8 */
    bits_put_ue(bits, ORDER_BITS - 4);                /* log2_max_pic_order_cnt_lsb_minus4 */
    put_buffer(bits, reorder);
    bits_put_ue(bits, LOG2_BLOCK - 3);                /* log2_min_luma_coding_block_size_minus3 */
    bits_put_ue(bits, 0);                             /* log2_diff_max_min_luma_coding_block_size */
    bits_put_ue(bits, 0);                             /* log2_min_luma_transform_block_size_minus2 */
    bits_put_ue(bits, 2);                             /* log2_diff_max_min_luma_transform_block_size */
    bits_put_ue(bits, 0);                             /* max_transform_hierarchy_depth_inter */
    bits_put_ue(bits, 0);                             /* max_transform_hierarchy_depth_intra */
    bits_put(bits, 1, 0);                             /* scaling_list_enabled_flag */
    bits_put(bits, 1, 0);                             /* amp_enabled_flag */
    bits_put(bits, 1, 0);                             /* sample_adaptive_offset_enabled_flag */
    bits_put(bits, 1, 1);                             /* pcm_enabled_flag */
    bits_put(bits, 4, (uint32_t)stream->bits - 1);    /* pcm_sample_bit_depth_luma_minus1 */
    bits_put(bits, 4, (uint32_t)stream->bits - 1);    /* pcm_sample_bit_depth_chroma_minus1 */
    bits_put_ue(bits, LOG2_BLOCK - 3);                /* log2_min_pcm_luma_coding_block_size_minus3 */
    bits_put_ue(bits, 0);                             /* log2_diff_max_min_pcm_luma_coding_block_size */
    bits_put(bits, 1, 1);                             /* pcm_loop_filter_disabled_flag */
    bits_put_ue(bits, 1);                             /* num_short_term_ref_pic_sets: one, which is empty */
    bits_put_ue(bits, 0);                             /* num_negative_pics */
    bits_put_ue(bits, 0);                             /* num_positive_pics */
    bits_put(bits, 1, 0);                             /* long_term_ref_pics_present_flag */
    bits_put(bits, 1, 0);                             /* sps_temporal_mvp_enabled_flag */
    bits_put(bits, 1, 0);                             /* strong_intra_smoothing_enabled_flag */
    bits_put(bits, 1, 1);                             /* vui_parameters_present_flag */
    put_vui(bits, stream);
    bits_put(bits, 1, 0);                             /* sps_extension_present_flag */
    bits_trail(bits);
}

static void put_pps(struct bits *bits) {
    bits_put_ue(bits, 0);        /* pps_pic_parameter_set_id */
    bits_put_ue(bits, 0);        /* pps_seq_parameter_set_id */
    bits_put(bits, 1, 0);        /* dependent_slice_segments_enabled_flag */
    bits_put(bits, 1, 0);        /* output_flag_present_flag */
    bits_put(bits, 3, 0);        /* num_extra_slice_header_bits */
    bits_put(bits, 1, 0);        /* sign_data_hiding_enabled_flag */
    bits_put(bits, 1, 0);        /* cabac_init_present_flag */
    bits_put_ue(bits, 0);        /* num_ref_idx_l0_default_active_minus1 */
    bits_put_ue(bits, 0);        /* num_ref_idx_l1_default_active_minus1 */
    bits_put_se(bits, 0);        /* init_qp_minus26 */
    bits_put(bits, 1, 0);        /* constrained_intra_pred_flag */
    bits_put(bits, 1, 0);        /* transform_skip_enabled_flag */
    bits_put(bits, 1, 0);        /* cu_qp_delta_enabled_flag */
    bits_put_se(bits, 0);        /* pps_cb_qp_offset */
    bits_put_se(bits, 0);        /* pps_cr_qp_offset */
    bits_put(bits, 1, 0);        /* pps_slice_chroma_qp_offsets_present_flag */
    bits_put(bits, 1, 0);        /* weighted_pred_flag */
    bits_put(bits, 1, 0);        /* weighted_bipred_flag */
    bits_put(bits, 1, 0);        /* transquant_bypass_enabled_flag */
    bits_put(bits, 1, 0);        /* tiles_enabled_flag */
    bits_put(bits, 1, 0);        /* entropy_coding_sync_enabled_flag */
    bits_put(bits, 1, 0);        /* pps_loop_filter_across_slices_enabled_flag */
    bits_put(bits, 1, 1);        /* deblocking_filter_control_present_flag */
    bits_put(bits, 1, 0);        /* deblocking_filter_override_enabled_flag */
    bits_put(bits, 1, 1);        /* pps_deblocking_filter_disabled_flag */
    bits_put(bits, 1, 0);        /* pps_scaling_list_data_present_flag */
    bits_put(bits, 1, 0);        /* lists_modification_present_flag */
    bits_put_ue(bits, 0);        /* log2_parallel_merge_level_minus2 */
    bits_put(bits, 1, 0);        /* slice_segment_header_extension_present_flag */
    bits_put(bits, 1, 0);        /* pps_extension_present_flag */
    bits_trail(bits);
}

void hevc_headers(struct bytes *out, const struct lossless_stream *stream, int reorder) {
    struct bits bits = {0};
    put_vps(&bits, stream, reorder);
    append_unit(out, NAL_VPS, &bits);
    put_sps(&bits, stream, reorder);
    append_unit(out, NAL_SPS, &bits);
    put_pps(&bits);
    append_unit(out, NAL_PPS, &bits);
    free(bits.bytes.data);
}

static void put_slice_header(struct bits *bits, int is_idr, int order) {
    bits_put(bits, 1, 1);                    /* first_slice_segment_in_pic_flag */
    if (is_idr) bits_put(bits, 1, 0);        /* no_output_of_prior_pics_flag */
    bits_put_ue(bits, 0);                    /* slice_pic_parameter_set_id */
    bits_put_ue(bits, 2);                    /* slice_type: I */
    if (!is_idr) {
        bits_put(bits, ORDER_BITS, (uint32_t)order);
        bits_put(bits, 1, 1);                /* short_term_ref_pic_set_sps_flag */
    }
    bits_put_se(bits, 0);                    /* slice_qp_delta */
    bits_trail(bits);                        /* byte_alignment() */
}

/* A square block of one plane, `size` x `size`: bytes, or 10 bits a sample. The bits are at the end of a byte, and stay so. */
static void put_block(struct bits *bits, const struct plane *plane, int x, int y, int size, int depth, int shift) {
    size_t count = (size_t)(size * size);
    uint8_t *to = bytes_room(&bits->bytes, count * (size_t)depth / 8);
    if (depth == 8) {
        plane_block_8(to, plane, x, y, size);
    } else {
        uint16_t block[BLOCK * BLOCK];
        plane_block_16(block, plane, x, y, size, shift);
        for (size_t i = 0; i < count; i += 4, to += 5) {   /* four samples are five bytes */
            uint64_t four = (uint64_t)(block[i] & 0x3ff) << 30 | (uint64_t)(block[i + 1] & 0x3ff) << 20
                            | (uint64_t)(block[i + 2] & 0x3ff) << 10 | (block[i + 3] & 0x3ff);
            for (int j = 0; j < 5; j++) to[j] = (uint8_t)(four >> (32 - 8 * j));
        }
    }
    bits->bytes.count += count * (size_t)depth / 8;
}

void hevc_picture(struct bytes *out, const struct lossless_stream *stream, const struct lossless_picture *picture, int is_idr,
                  int order) {
    int columns = (int)rounded_up(stream->width) / BLOCK, rows = (int)rounded_up(stream->height) / BLOCK;
    struct plane planes[3];
    struct bits bits = {0};
    struct cabac cabac;
    struct cabac_context part_mode;
    picture_planes(planes, picture, stream->width, stream->height);
    bytes_room(&bits.bytes, (size_t)columns * (size_t)rows * 488 + 16);
    put_slice_header(&bits, is_idr, order);
    /* The table's value for part_mode is 184: slope (184 >> 4) * 5 - 45, offset ((184 & 15) << 3) - 16. */
    cabac_context_init(&part_mode, 10, 48, 26);
    cabac_start(&cabac, &bits);
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
            cabac_put(&cabac, &part_mode, 1);        /* 2Nx2N; blocks of the smallest size are not split, so nothing is before */
            cabac_put_terminate(&cabac, 1);          /* pcm_flag */
            bits_align(&bits, 0);
            put_block(&bits, &planes[0], x * BLOCK, y * BLOCK, BLOCK, stream->bits, picture->shift);
            put_block(&bits, &planes[1], x * BLOCK / 2, y * BLOCK / 2, BLOCK / 2, stream->bits, picture->shift);
            put_block(&bits, &planes[2], x * BLOCK / 2, y * BLOCK / 2, BLOCK / 2, stream->bits, picture->shift);
            cabac_start(&cabac, &bits);
            cabac_put_terminate(&cabac, y == rows - 1 && x == columns - 1);   /* end_of_slice_segment_flag */
        }
    }
    bits_align(&bits, 0);
    append_unit(out, is_idr ? NAL_IDR_W_RADL : NAL_TRAIL_R, &bits);
    free(bits.bytes.data);
}
