// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension ComposeError {
    /// Creates the error of something that needs up to `memory` bytes.
    init(_ error: LibavError, _ code: Code, during frames: Range<Int>? = nil, needing memory: Int = 0) {
        let place = frames.map { " in frames \($0.lowerBound)…\($0.upperBound - 1)" } ?? ""
        let advice = error.isOutOfMemory(needing: memory) ? "; not enough memory: \(Self.moreMemory)" : ""
        self.init(
            code, "\(error.operation)\(place): \(error.message)\(advice)", operation: error.operation,
            libavMessage: error.log)
    }
}

/// Runs a step of a render, and converts its error.
func rendering<Value>(_ step: () throws(LibavError) -> Value) throws(ComposeError) -> Value {
    do throws(LibavError) { return try step() } catch { throw ComposeError(error, .renderFailed) }
}
