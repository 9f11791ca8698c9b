// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

extension EncoderRequest {
    /// Creates the request for a plan's pictures.
    init(_ plan: Plan) {
        self.init(
            plan.output.video, width: plan.size.width, height: plan.size.height,
            rate: Encoder.Rate(plan.frameRate.numerator, plan.frameRate.denominator), threads: plan.encoderThreads)
    }
}
