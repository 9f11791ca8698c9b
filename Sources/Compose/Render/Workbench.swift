// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav
internal import Logging

/// The parts of a render one at a time, for the benchmarks, which are a package of their own.
///
/// Nothing here promises anything to anybody else.
@_spi(Benchmarks) public enum Workbench {
    /// Composes a plan's frames one after the other on the calling thread, and forgets them.
    ///
    /// Pictures are loaded ahead on another thread, as in a render. For one thread.
    public final class Composing {
        private let stills: StillStore
        private let composer: Composer

        /// Composes the first of `frames`: what follows finds its pictures loaded.
        public init(_ plan: Plan, from start: Int = 0) throws {
            stills = StillStore(plan, from: start)
            composer = try Composer(plan, stills: stills)
            _ = try composer.frame(at: start)
        }

        deinit { stills.close() }

        /// Composes frames, which follow those of the call before.
        ///
        /// Blocks.
        public func compose(_ frames: Range<Int>) throws {
            for index in frames {
                stills.advance(to: index)
                _ = try composer.frame(at: index)
            }
        }
    }

    /// Hashes each of a plan's segments, and returns how many there are.
    public static func hashSegments(of plan: Plan) throws -> Int {
        for segment in plan.segments { _ = try plan.key(of: plan.part(segment), nil, .fingerprint) }
        return plan.segments.count
    }

    /// Composes all frames of a plan on `workers` threads of their own, and forgets them.
    ///
    /// Blocks.
    public static func compose(_ plan: Plan, workers: Int) throws {
        let queue = FrameQueue(plan, workers: workers)
        defer { queue.close() }
        for _ in 0..<plan.frameCount { _ = try queue.next() }
    }

    /// A plan's pictures, composed and in memory.
    public struct Pictures: Sendable {
        private let frames: [Frame]
        private let plan: Plan

        /// Composes the pictures.
        ///
        /// Takes 1.5 bytes a pixel for each that is not the one before.
        public init(_ plan: Plan) throws {
            Library.log(to: Logger(label: "compose"))
            let queue = FrameQueue(plan)
            defer { queue.close() }
            frames = try (0..<plan.frameCount).map { _ in try queue.next() }
            self.plan = plan
        }

        /// Encodes the pictures on the encoder and with the settings a render of the plan uses, and drops what comes out.
        ///
        /// Returns its size in bytes. Blocks.
        @discardableResult
        public func encode() throws -> Int {
            // One encoder for all of it, with the threads it has where it is alone.
            var request = EncoderRequest(plan)
            request.threads = plan.output.threads(for: plan.size, segments: 1)
            var search = EncoderSearch(request)
            guard let opened = search.next(palette: try palette()) else {
                throw ComposeError(.encoderUnavailable, search.rejected.map(\.description).joined(separator: "; "))
            }
            let encoder = opened.encoder
            var bytes = 0
            func drain() throws {
                while case .packet(let packet) = try encoder.receive() { bytes += packet.size }
            }
            for (index, frame) in frames.enumerated() {
                try encoder.send(frame, at: index)
                try drain()
            }
            try encoder.drain()
            try drain()
            return bytes
        }

        private func palette() throws -> Palette? {
            guard plan.output.video.codec == .gif else { return nil }
            let palette = try Palette(width: plan.size.width, height: plan.size.height, alpha: plan.output.hasAlpha)
            for frame in frames { try palette.add(frame) }
            try palette.choose()
            return palette
        }
    }
}
