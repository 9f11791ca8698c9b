// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Foundation
internal import Libav

extension Plan {
    /// Returns the cache key of a segment's encoded pictures.
    ///
    /// Keys are equal only if the pictures are. The key covers the part with its frames numbered from 0, the contents
    /// of its media, the encoder with all its settings, and the builds of FFmpeg and Compose. Without an encoder it
    /// identifies the pictures alone.
    func key(of part: Plan, _ encoding: SegmentEncoding?, _ identity: MediaIdentity) throws(ComposeError) -> Digest {
        var bytes = CanonicalBytes()
        bytes.add(ComposeVersion.build)
        try bytes.add(part) { part, index throws(ComposeError) in
            let source = part.sources[index].source
            guard let src = source.file, let fingerprint = source.fileFingerprint else { return [] }
            return try identity.bytes(of: src, fingerprint, at: path(of: src), named: part.sourcePaths[index])
        }
        if let encoding {
            bytes.add(encoding.backend.rawValue)
            bytes.add(encoding.parameters)
            bytes.add(part.output.video.pixelFormat?.rawValue ?? "")
            bytes.add(part.output.video.options.heldPictures != false)
            bytes.add(part.output.video.frameRate.rawValue)
            bytes.add(encoding.header)
        }
        return try rendering { () throws(LibavError) in try Digest(of: bytes.bytes) }
    }
}

extension CanonicalBytes {
    /// Adds an encoder's parameters, except for what the machine adds, which does not change the output.
    fileprivate mutating func add(_ parameters: Encoder.VideoParameters) {
        add(parameters.name)
        add(parameters.pixelFormat)
        for number in [
            parameters.width, parameters.height, parameters.rate.numerator, parameters.rate.denominator,
            parameters.threads, parameters.keyframeInterval, parameters.options.count,
        ] { add(number) }
        for option in parameters.options {
            add(option.name)
            add(option.value)
        }
    }
}

extension Plan {
    /// Returns, for each segment, the index of the segment in another plan with the same pictures and settings.
    ///
    /// The index is `nil` if the other plan has no such segment. Opens no files. Throws ``ComposeError`` only if memory
    /// runs out.
    public func segmentsShared(with other: Plan) throws(ComposeError) -> [Int?] {
        guard output.video == other.output.video, encoderThreads == other.encoderThreads else {
            return segments.map { _ in nil }
        }
        var numbers: [Digest: Int] = [:]
        for segment in other.segments {
            let key = try other.key(of: other.part(segment), nil, .fingerprint)
            if numbers[key] == nil { numbers[key] = segment.index }
        }
        return try segments.map { segment throws(ComposeError) in
            numbers[try key(of: part(segment), nil, .fingerprint)]
        }
    }
}
