// SPDX-License-Identifier: Apache-2.0

internal import Encoders
public import Foundation
internal import Libav

/// Rendering on several machines: each encodes some of a plan's segments, and one machine assembles them.
extension Renderer {
    /// Encodes one of a plan's segments and returns its bytes.
    ///
    /// ``assemble(_:to:segment:)`` accepts the bytes for the same plan on this or another machine, and a
    /// ``SegmentStore`` keeps them under the key from ``segmentKeys(of:)``. Throws ``ComposeError``, with `invalidEdit`
    /// if the output cannot be assembled from segments. Cancelling the task stops it within a frame. Runs on a thread
    /// of its own and uses no other workers.
    public func renderSegment(_ index: Int, of plan: Plan) async throws(ComposeError) -> Data {
        try await cancellable("compose.segment") {
            [identity = segmenting.identity, decoding] isCancelled throws(ComposeError) in
            try changed(plan) { $0.decoding = decoding }.encodedSegment(index, identity, isCancelled: isCancelled)
        }
    }

    /// Returns the key of each of a plan's segments in a ``SegmentStore``, in order.
    ///
    /// Keys are equal for equal pictures with the same encoder settings, in any edit. On different machines that
    /// requires the `mediaIdentity` `contents` and the same builds of Compose and FFmpeg. Opens the encoder and, with
    /// `contents`, reads the media. Throws ``ComposeError``, with `invalidEdit` if the output cannot be assembled from
    /// segments. Cancelling the task stops it. Runs on a thread of its own.
    public func segmentKeys(of plan: Plan) async throws(ComposeError) -> [String] {
        try await cancellable("compose.keys") { [identity = segmenting.identity] isCancelled throws(ComposeError) in
            try MediaCheck.expectUnchanged(plan)
            let encoding = SegmentEncoding(try plan.openSegmentEncoder(isCancelled))
            return try plan.segments.map { segment throws(ComposeError) in
                try plan.key(of: plan.part(segment), encoding, identity).description
            }
        }
    }

    /// Starts assembling a plan's segments and its sound into a file, and returns immediately.
    ///
    /// `segment` returns the bytes of each segment, in order; it is called on a thread that may block. A segment that
    /// is damaged, or that comes from another plan, encoder, FFmpeg or Compose, causes an error with its number. The
    /// file appears under its name only when it is complete.
    public func assemble(
        _ plan: Plan, to path: String, segment: @escaping @Sendable (_ index: Int) throws -> Data
    ) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try plan.checkName(path)
            return try job(for: plan, to: path, cancelled, report, finished: segment).run()
        }
    }
}

extension Plan {
    /// Returns a search for the encoder of segments from several machines, which always runs on the CPU.
    func segmentSearch() throws(ComposeError) -> EncoderSearch {
        guard output.hasSegments else {
            throw ComposeError(
                .invalidEdit, path: "output",
                "this output cannot be rendered in segments; render the plan as a whole")
        }
        var request = EncoderRequest(self)
        if request.settings.encoder == .automatic { request.settings.encoder = .software }
        return EncoderSearch(request)
    }

    /// Returns the error for a search that found no encoder.
    static func noSegmentEncoder(_ search: EncoderSearch) -> ComposeError {
        let reasons = search.rejected.map(\.description).joined(separator: "; ")
        return ComposeError(
            .invalidEdit, path: "output.video.encoder",
            "segments are encoded on the CPU; use the encoder automatic or software\(reasons.isEmpty ? "" : ": " + reasons)"
        )
    }

    /// Opens the encoder of segments from several machines.
    fileprivate func openSegmentEncoder(_ isCancelled: () -> Bool) throws(ComposeError) -> OpenedEncoder {
        var search = try segmentSearch()
        let next = search.next(isCancelled: isCancelled)
        if next == nil, isCancelled() { throw ComposeError(.cancelled, "the render was cancelled") }
        guard let opened = next, !opened.chosen.backend.isHardware else { throw Self.noSegmentEncoder(search) }
        return opened
    }

    fileprivate func encodedSegment(
        _ index: Int, _ identity: MediaIdentity, isCancelled: () -> Bool
    ) throws(ComposeError) -> Data {
        guard segmentFrames.indices.contains(index) else {
            throw ComposeError(
                .invalidEdit, path: "segment",
                "there is no segment \(index); the plan has 0…\(segmentFrames.count - 1)")
        }
        try MediaCheck.expectUnchanged(self)
        let opened = try openSegmentEncoder(isCancelled)
        let encoding = SegmentEncoding(opened)
        let part = part(segments[index])
        let key = try key(of: part, encoding, identity)
        guard
            let segment = try SegmentEncoder(encoding: encoding).encode(
                part, from: Rack(part), with: opened.encoder, isCancelled: isCancelled)
        else {
            throw ComposeError(.cancelled, "the render was cancelled")
        }
        do throws(LibavError) { return Data(try segment.serialized(as: key)) } catch {
            throw ComposeError(error, .renderFailed)
        }
    }
}
