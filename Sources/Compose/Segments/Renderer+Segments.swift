// SPDX-License-Identifier: Apache-2.0

internal import Encoders
public import Foundation
internal import Libav
internal import Synchronization

/// Rendering on many machines: each encodes some of a plan's segments, and one puts them together.
extension Renderer {
    /// Encodes one of a plan's segments.
    ///
    /// Returns it as bytes that ``assemble(_:to:segment:)`` takes, on this machine or another one with the same plan, and that a
    /// ``SegmentStore`` keeps under the name that ``segmentKeys(of:)`` tells. Throws
    /// ``ComposeError``; where the output cannot be put together from segments, with `invalidEdit`. Cancelling the task stops it
    /// within a frame. Runs on a thread of its own, with nothing else at work for it.
    public func renderSegment(_ index: Int, of plan: Plan) async throws -> Data {
        let isCancelled = Flag()
        return try await withTaskCancellationHandler {
            try await onOwnThread("compose.segment") { () -> Result<Data, ComposeError> in
                do throws(ComposeError) {
                    return .success(try plan.encodedSegment(index, segmenting.identity) { !isCancelled.isSet })
                } catch {
                    return .failure(error)
                }
            }.get()
        } onCancel: {
            isCancelled.set()
        }
    }

    /// The name of each of a plan's segments in a ``SegmentStore``, in order.
    ///
    /// Equal for equal pictures in the same encoder's settings, whatever edit they are part of; on other machines only where the
    /// renderer's `mediaIdentity` is `contents`, and where the builds of Compose and FFmpeg are the same. Opens the encoder, and
    /// with `contents` reads the media. Throws ``ComposeError``; where the output cannot be put together from segments, with
    /// `invalidEdit`. Runs on a thread of its own.
    public func segmentKeys(of plan: Plan) async throws -> [String] {
        try await onOwnThread("compose.keys") { [identity = segmenting.identity] () -> Result<[String], ComposeError> in
            do throws(ComposeError) {
                try MediaCheck.expectUnchanged(plan)
                let encoding = SegmentEncoding(try plan.openSegmentEncoder())
                return .success(
                    try plan.segments.map { segment throws(ComposeError) in
                        try plan.key(of: plan.part(segment), encoding, identity).description
                    })
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Starts to put a plan's segments together to a video, with its sound, and returns at once.
    ///
    /// `segment` is asked for each segment's bytes in order, on a thread that may wait. A segment of another plan, or of another
    /// encoder, FFmpeg or Compose, is refused by its number, and one that was damaged too. The file appears under its name only
    /// when it is whole.
    public func assemble(
        _ plan: Plan, to path: String, segment: @escaping @Sendable (_ index: Int) throws -> Data
    ) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try plan.checkName(path)
            return try job(for: plan, to: path, cancelled, report, finished: segment).run()
        }
    }
}

/// Something that is set once.
private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}

extension Plan {
    /// Looks for the encoder of segments that are made on different machines: on the CPU, whatever else they have.
    func segmentSearch() throws(ComposeError) -> EncoderSearch {
        guard output.hasSegments else {
            throw ComposeError(
                .invalidEdit, path: "output",
                "this output is not put together from segments; render the plan in one piece")
        }
        var request = EncoderRequest(self)
        if request.settings.encoder == .automatic { request.settings.encoder = .software }
        return EncoderSearch(request)
    }

    /// The search found none.
    static func noSegmentEncoder(_ search: EncoderSearch) -> ComposeError {
        let reasons = search.rejected.map(\.description).joined(separator: "; ")
        return ComposeError(
            .invalidEdit, path: "output.video.encoder",
            "segments are encoded on the CPU; use the encoder automatic or software\(reasons.isEmpty ? "" : ": " + reasons)"
        )
    }

    /// Opens the encoder of segments that are made on different machines.
    fileprivate func openSegmentEncoder() throws(ComposeError) -> OpenedEncoder {
        var search = try segmentSearch()
        guard let opened = search.next(), !opened.chosen.backend.isHardware else { throw Self.noSegmentEncoder(search) }
        return opened
    }

    fileprivate func encodedSegment(
        _ index: Int, _ identity: MediaIdentity, passed: () -> Bool
    ) throws(ComposeError) -> Data {
        guard segmentFrames.indices.contains(index) else {
            throw ComposeError(
                .invalidEdit, path: "segment",
                "there is no segment \(index); the plan has 0…\(segmentFrames.count - 1)")
        }
        try MediaCheck.expectUnchanged(self)
        let opened = try openSegmentEncoder()
        let encoding = SegmentEncoding(opened)
        let part = part(segments[index])
        let key = try key(of: part, encoding, identity)
        guard let segment = try SegmentEncoder(encoding: encoding).encode(part, with: opened.encoder, passed: passed)
        else {
            throw ComposeError(.cancelled, "the render was cancelled")
        }
        do throws(LibavError) { return Data(try segment.serialized(as: key)) } catch {
            throw ComposeError(error, .renderFailed)
        }
    }
}
