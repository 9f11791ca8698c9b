// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A second check of the media that were examined for the plan.
enum MediaCheck {
    /// Throws if a file has changed, because reused results were made from its earlier contents.
    static func expectUnchanged(_ plan: Plan) throws(ComposeError) {
        for file in plan.files {
            let src = file.reference.src
            do throws(LibavError) { try OpenFile(plan.path(of: src)).expect(file.fingerprint) } catch {
                throw ComposeError(
                    .unreadableMedia, path: file.reference.path, "\(src) cannot be used: \(error.message)",
                    operation: error.operation, libavMessage: error.log)
            }
        }
    }
}
