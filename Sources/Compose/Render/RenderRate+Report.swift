// SPDX-License-Identifier: Apache-2.0

extension RenderRate {
    /// Creates the rate of a finished render, for estimates with the same settings on the same machine.
    ///
    /// `nil` if the render encoded no picture.
    public init?(_ report: Report) {
        guard let video = report.video else { return nil }
        let drawn = video.frames - video.heldFrames - video.reusedFrames
        guard drawn > 0 else { return nil }
        self.init(
            cpuSecondsPerMegapixel: report.cpuSeconds
                / (Double(drawn) * Double(video.width * video.height) / 1e6))
    }
}
