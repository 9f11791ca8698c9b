// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// The encoder of a plan's segments with all its settings, the same for all segments.
struct SegmentEncoding: Sendable, Hashable {
    let backend: Backend
    /// The settings as libav knows them.
    let parameters: Encoder.VideoParameters
    /// The parameter sets from opening the encoder; those of x264 and x265 also contain the encoder's version.
    let header: [UInt8]

    init(_ opened: OpenedEncoder) {
        backend = opened.chosen.backend
        parameters = opened.chosen.parameters
        header = opened.encoder.header
    }
}
