// SPDX-License-Identifier: Apache-2.0

extension Render {
    /// The progress of a render.
    ///
    /// A value type; safe to share between threads.
    public struct Progress: Sendable, Hashable, Codable {
        /// Frames that have been given to the encoder.
        public var frame: Int
        /// Frames in all.
        public var totalFrames: Int
        /// Frames per second over the last few seconds.
        public var framesPerSecond: Double
        /// Seconds that are left at this speed; `nil` before the speed is known.
        public var secondsRemaining: Double?

        /// Creates a progress: for services that keep it, or hear of it from other machines.
        public init(frame: Int, totalFrames: Int, framesPerSecond: Double = 0, secondsRemaining: Double? = nil) {
            self.frame = frame
            self.totalFrames = totalFrames
            self.framesPerSecond = framesPerSecond
            self.secondsRemaining = secondsRemaining
        }

        /// The part that is done, 0…1.
        public var fractionCompleted: Double { totalFrames > 0 ? Double(frame) / Double(totalFrames) : 0 }
    }
}

extension Render.Progress: CustomStringConvertible {
    /// A line for people: `120 of 570 frames (21 %), 36.7 frames/s, 12 s left`.
    public var description: String {
        var parts = ["\(frame) of \(totalFrames) frames (\(Int(fractionCompleted * 100)) %)"]
        if framesPerSecond > 0 { parts.append("\(fixed(framesPerSecond, 1)) frames/s") }
        if let secondsRemaining { parts.append("\(Int(secondsRemaining.rounded(.up))) s left") }
        return parts.joined(separator: ", ")
    }
}
