// SPDX-License-Identifier: Apache-2.0

extension Render {
    /// How far a render has come.
    public struct Progress: Sendable, Hashable, Codable {
        /// Frames that have been given to the encoder.
        public let frame: Int
        /// Frames there will be.
        public let totalFrames: Int
        /// Frames a second over the last few seconds.
        public let framesPerSecond: Double
        /// Seconds that are left at this speed; `nil` before there is a speed.
        public let secondsRemaining: Double?

        /// 0…1.
        public var fractionCompleted: Double { totalFrames > 0 ? Double(frame) / Double(totalFrames) : 0 }
    }
}
