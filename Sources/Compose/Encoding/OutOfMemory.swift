// SPDX-License-Identifier: Apache-2.0

internal import Encoders

extension ComposeError {
    /// Returns the error of a machine that is full: the edit is not at fault, and another machine may render it.
    static func outOfMemory(_ plan: Plan, _ rejected: [EncoderRejection]) -> ComposeError {
        ComposeError(
            .renderFailed,
            "not enough memory to encode \(plan.size): "
                + rejected.map(\.description).joined(separator: "; ")
                + "; \(moreMemory)")
    }

    /// What helps where memory is short.
    static let moreMemory =
        "encode fewer segments at once (--workers 1), use a smaller canvas, or give the process more memory"
}
