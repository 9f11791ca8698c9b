// SPDX-License-Identifier: Apache-2.0

/// A maximal run of output frames with the same active sources and operations.
package struct Span: Sendable, Hashable {
    package let frames: Range<Int>
    package let composition: Composition

    /// Whether the whole span shows one composed picture.
    package var isHeld: Bool { composition.isHeld }
}
