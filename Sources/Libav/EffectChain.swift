// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A chain of libavfilter's filters for sound, and of convolutions.
///
/// May be used by one thread at a time.
@safe package final class EffectChain {
    /// A filter with its options, under libav's names.
    package struct Filter: Sendable, Hashable {
        package let name: String
        package let options: [Option]

        package init(_ name: String, _ options: [Option]) {
            self.name = name
            self.options = options
        }
    }

    /// A part of a chain.
    package enum Stage: Sendable, Hashable {
        case filter(Filter)
        /// A convolution with what it makes of an impulse, interleaved.
        case convolution(response: [Float])
    }

    /// The name of libavfilter's convolution.
    package static let convolution = "afir"

    /// An option of a filter.
    package struct Option: Sendable, Hashable {
        package let name: String
        package let value: Double

        package init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    private let pointer: OpaquePointer

    /// Returns whether this FFmpeg has a filter.
    package static func has(_ filter: String) -> Bool { unsafe cfs_sound_effects_has(filter) != 0 }

    /// Creates a chain of stages, in order.
    package convenience init(_ stages: [Stage]) throws(LibavError) {
        try self.init()
        for stage in stages {
            switch stage {
            case .filter(let filter): try add(filter)
            case .convolution(let response):
                let gain = try Self.convolutionGain.get()
                try add(response.map { $0 / gain })
            }
        }
        try configure()
    }

    /// Creates a chain that is to be given its filters.
    private init() throws(LibavError) {
        var made: OpaquePointer?
        try check("create effects") { unsafe cfs_sound_effects_create(&made) }
        guard let made = unsafe made else { throw .outOfMemory("create effects") }
        unsafe pointer = made
    }

    private func configure() throws(LibavError) {
        try check("create effects") { unsafe cfs_sound_effects_configure(pointer) }
    }

    deinit { unsafe cfs_sound_effects_free(pointer) }

    private func add(_ filter: Filter) throws(LibavError) {
        let values = filter.options.map(\.value)
        try check("add \(filter.name)") {
            unsafe withCStrings(filter.options.map(\.name)) { names in
                unsafe cfs_sound_effects_add(pointer, filter.name, names, values, Int32(values.count))
            }
        }
    }

    private func add(_ response: [Float]) throws(LibavError) {
        try check("add convolution") {
            unsafe response.withUnsafeBufferPointer {
                unsafe cfs_sound_effects_add_response(pointer, $0.baseAddress, Int32(response.count / Sound.channels))
            }
        }
    }

    /// The gain of libavfilter's convolution, which is 2 in FFmpeg 5.1: what it makes of an impulse with an impulse.
    private static let convolutionGain: Result<Float, LibavError> = {
        do throws(LibavError) {
            let chain = try EffectChain()
            let impulse = [1, 1] + [Float](repeating: 0, count: 2 * Sound.channels * 8192)
            try chain.add(impulse)
            try chain.configure()
            try chain.push(impulse)
            try chain.push([])
            var samples: [Float] = [0, 0]
            let got = try chain.read(1, into: &samples, at: 0)
            guard got == 1, samples[0].isFinite, samples[0] > 0.1 else {
                throw LibavError("apply effects", message: "the convolution of this FFmpeg gives nothing")
            }
            return .success(samples[0])
        } catch { return .failure(error) }
    }()

    /// Takes all of some samples; none end the input.
    package func push(_ samples: [Float]) throws(LibavError) {
        try check("apply effects") {
            unsafe samples.withUnsafeBufferPointer {
                unsafe cfs_sound_effects_push(pointer, $0.baseAddress, Int32(samples.count / Sound.channels))
            }
        }
    }

    /// Reads up to `count` samples into `output` from stereo sample `offset` on and returns their number.
    package func read(_ count: Int, into output: inout [Float], at offset: Int) throws(LibavError) -> Int {
        precondition(offset >= 0 && (offset + count) * Sound.channels <= output.count)
        var got: Int32 = 0
        try check("apply effects") {
            unsafe output.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                return unsafe cfs_sound_effects_read(pointer, base + offset * Sound.channels, Int32(count), &got)
            }
        }
        return Int(got)
    }
}
