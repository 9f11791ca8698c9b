// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav
internal import Logging

/// The separate parts of a render, for the benchmarks, which are a package of their own.
///
/// None of it is stable API.
@_spi(Benchmarks) public enum Workbench {
    /// A composer of a plan's frames on the calling thread, which discards them.
    ///
    /// Pictures are loaded ahead on another thread, as in a render. May be used by one thread at a time.
    public final class Composing {
        private let pictures: PictureSchedule
        private let composer: Composer

        /// Creates a composer and composes frame `start`, so that its pictures are loaded.
        public init(_ plan: Plan, from start: Int = 0) throws {
            pictures = PictureSchedule(plan, rack: Rack(plan))
            composer = try Composer(plan, pictures)
            _ = try composer.frame(at: start)
        }

        deinit { pictures.close() }

        /// Composes frames, which must follow those of the previous call.
        ///
        /// Blocks.
        public func compose(_ frames: Range<Int>) throws {
            for index in frames {
                pictures.advance(to: index)
                _ = try composer.frame(at: index)
            }
        }
    }

    /// Hashes each of a plan's segments, and returns their number.
    public static func hashSegments(of plan: Plan) throws -> Int {
        for segment in plan.segments { _ = try plan.key(of: plan.part(segment), nil, .fingerprint) }
        return plan.segments.count
    }

    /// Composes all frames of a plan on `workers` separate threads, and discards them.
    ///
    /// Blocks.
    public static func compose(_ plan: Plan, workers: Int) throws {
        let queue = FrameQueue(plan, workers: workers)
        defer { queue.close() }
        for _ in 0..<plan.frameCount { _ = try queue.next() }
    }

    /// Mixes all of a plan's sound on the calling thread and discards it, or measures its loudness.
    ///
    /// Blocks.
    public static func mix(_ plan: Plan, measuring: Bool = false) throws {
        if measuring {
            _ = try LoudnessPass(plan).measured()
        } else {
            let mixer = AudioMixer(plan.audio, path: plan.path)
            while mixer.position < plan.sampleCount { _ = try mixer.next(48_000) }
        }
    }

    /// A plan's pictures, composed in memory.
    public struct Pictures: Sendable {
        private let frames: [Frame]
        private let plan: Plan

        /// Creates the pictures by composing them.
        ///
        /// Takes 1.5 bytes per pixel for each picture that differs from the previous one.
        public init(_ plan: Plan) throws {
            Library.log(to: Logger(label: "compose"))
            let queue = FrameQueue(plan)
            defer { queue.close() }
            frames = try (0..<plan.frameCount).map { _ in try queue.next() }
            self.plan = plan
        }

        /// An encoded stream.
        public struct Stream {
            private let header: [UInt8]
            private let packets: [Packet]

            fileprivate init(header: [UInt8], packets: [Packet]) {
                self.header = header
                self.packets = packets
            }

            /// The number of bytes.
            public var size: Int { packets.reduce(header.count) { $0 + $1.size } }
            /// The bytes, in the order of decoding.
            public var bytes: [UInt8] { packets.reduce(into: header) { $0 += $1.bytes } }
        }

        /// Encodes the pictures with the encoder and settings of a render, on one encoder.
        ///
        /// Blocks until the last packet is there.
        public func encode() throws -> Stream { try encode(with: try open().encoder) }

        /// Encodes the pictures with x264 as it runs by itself.
        ///
        /// x264 uses as many threads as it chooses, a look-ahead on a thread of its own, and every instruction of the
        /// machine; the rest is as in a render. Blocks until the last packet is there.
        public func encodeWithX264Alone() throws -> Stream {
            var parameters = try open(.x264).chosen.parameters  // only asked, and closed again
            parameters.threads = 0
            parameters.machine = []
            parameters.options.removeAll { $0.name == "x264-params" }
            return try encode(with: try Encoder(parameters))
        }

        /// Opens one encoder for the whole plan, with the threads it has without segments.
        private func open(_ choice: VideoSettings.EncoderChoice? = nil) throws -> OpenedEncoder {
            var request = EncoderRequest(plan)
            request.threads = plan.output.threads(for: plan.size, segments: 1)
            if let choice { request.settings.encoder = choice }
            var search = EncoderSearch(request)
            guard let opened = search.next(palette: try palette()) else {
                throw ComposeError(.encoderUnavailable, search.rejected.map(\.description).joined(separator: "; "))
            }
            return opened
        }

        private func encode(with encoder: Encoder) throws -> Stream {
            var packets: [Packet] = []
            func drain() throws {
                while case .packet(let packet) = try encoder.receive() { packets.append(packet) }
            }
            for (index, frame) in frames.enumerated() {
                try encoder.send(frame, at: index)
                try drain()
            }
            try encoder.drain()
            try drain()
            return Stream(header: encoder.header, packets: packets)
        }

        /// Passes the planes of each picture on, row by row without padding: YUV 4:2:0 in 8 bits.
        public func write(to sink: ([UInt8]) throws -> Void) throws {
            for frame in frames { try sink(frame.plane(0) + frame.plane(1) + frame.plane(2)) }
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
