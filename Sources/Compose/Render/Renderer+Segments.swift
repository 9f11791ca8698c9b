// SPDX-License-Identifier: Apache-2.0

internal import Encoders
public import Foundation
internal import Libav
internal import Logging

/// Rendering on several machines: each encodes some of a plan's segments, and one machine assembles them.
extension Renderer {
    /// Encodes one of a plan's segments and returns its bytes.
    ///
    /// ``assemble(_:to:sound:segment:)`` accepts the bytes for the same plan on this or another machine, and a
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

    /// Encodes one of the chunks of a plan's sound and returns its bytes.
    ///
    /// ``assemble(_:to:sound:segment:)`` accepts the bytes for the same plan on this or another machine, and a
    /// ``SegmentStore`` keeps them under the key from ``soundKeys(of:)``. Throws ``ComposeError``, with `invalidEdit` if
    /// there is no such chunk. Cancelling the task stops it. Runs on a thread of its own.
    ///
    /// A sound that is brought to a loudness is measured as a whole first: give the renderers of all machines a cache that they
    /// share, and it is measured once.
    public func renderSound(_ index: Int, of plan: Plan) async throws(ComposeError) -> Data {
        try await cancellable("compose.sound") { [segmenting, logger] isCancelled throws(ComposeError) in
            try plan.encodedSound(index, segmenting, logger, isCancelled: isCancelled)
        }
    }

    /// Returns the key of each chunk of a plan's sound in a ``SegmentStore``, in order.
    ///
    /// Keys are equal for equal sound with the same settings, in any edit, as those of ``segmentKeys(of:)`` are for
    /// pictures. Opens the encoder and, with the `mediaIdentity` `contents`, reads the media; measures a sound that is brought to
    /// a loudness, as ``renderSound(_:of:)`` does. Throws ``ComposeError``. Runs on a thread of its own.
    public func soundKeys(of plan: Plan) async throws(ComposeError) -> [String] {
        try await cancellable("compose.keys") { [segmenting, logger] isCancelled throws(ComposeError) in
            try MediaCheck.expectUnchanged(plan)
            var keys: [String] = []
            for track in plan.soundTracks {
                guard
                    let encoder = try plan.soundEncoder(track)?.leveled(
                        workers: 1, segmenting.kept(logger), isCancelled: isCancelled)
                else { return [] }
                for chunk in encoder.chunks {
                    if isCancelled() { throw ComposeError(.cancelled, "the render was cancelled") }
                    keys.append(try encoder.key(of: chunk, segmenting.identity).description)
                }
            }
            return keys
        }
    }

    /// Starts assembling a plan's segments and its sound into a file, and returns immediately.
    ///
    /// `segment` returns the bytes of each segment, in order, and `sound` those of each chunk of sound; without it the sound
    /// is encoded here. They are called on threads that may block. A segment or chunk that is damaged, or that comes from
    /// another plan, encoder, FFmpeg or Compose, causes an error with its number. The file appears under its name only when
    /// it is complete.
    public func assemble(
        _ plan: Plan, to path: String, sound: (@Sendable (_ index: Int) throws -> Data)? = nil,
        segment: @escaping @Sendable (_ index: Int) throws -> Data
    ) -> Render {
        Render { cancelled, report throws(ComposeError) in
            try plan.checkName(path)
            return try job(for: plan, to: path, cancelled, report, finished: segment, finishedSound: sound).run()
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

    /// Returns the encoder of a track of the plan's sound in chunks; `nil` if the output has none.
    func soundEncoder(_ track: PlannedSoundTrack) throws(ComposeError) -> SoundEncoder? {
        guard let codec = output.audio.codec, let coding = soundCoding else { return nil }
        do throws(LibavError) {
            return SoundEncoder(self, track, codec, coding, like: try SoundEncoder.open(output.audio, codec))
        } catch {
            throw .noSoundEncoder(codec, error)
        }
    }

    fileprivate func encodedSound(
        _ index: Int, _ segmenting: Segmenting, _ logger: Logger, isCancelled: @escaping () -> Bool
    ) throws(ComposeError) -> Data {
        let chunks = soundChunks
        guard chunks.indices.contains(index), let unleveled = try soundEncoder(soundTracks[chunks[index].track]) else {
            throw ComposeError(
                .invalidEdit, path: "sound",
                chunks.isEmpty
                    ? "the output has no sound"
                    : "there is no chunk \(index) of the sound; the plan has 0…\(chunks.count - 1)")
        }
        try MediaCheck.expectUnchanged(self)
        let encoder = try unleveled.leveled(workers: 1, segmenting.kept(logger), isCancelled: isCancelled)
        let first = chunks.firstIndex { $0.track == chunks[index].track } ?? 0
        let chunk = encoder.chunks[index - first]
        let key = try encoder.key(of: chunk, segmenting.identity)
        guard let sound = try encoder.encode(chunk, try encoder.mixed(), isCancelled: isCancelled) else {
            throw ComposeError(.cancelled, "the render was cancelled")
        }
        do throws(LibavError) { return Data(try sound.serialized(as: key)) } catch {
            throw ComposeError(error, .renderFailed)
        }
    }
}
