// SPDX-License-Identifier: Apache-2.0

/// How the colours of a layer are mixed with those below it.
///
/// The formulas are those of W3C's Compositing and Blending Level 1, section 5.8, on R′G′B′ as the timeline has it: gamma-encoded,
/// in the range 0…1, as in browsers and editors of pictures. `add` and `subtract` are the sum and the backdrop less the source,
/// clipped. A value type; safe to share between threads.
public enum BlendMode: String, Sendable, Hashable, CaseIterable, Codable {
    /// The layer's own colours.
    case normal
    /// A mode that makes darker.
    case multiply, darken, colorBurn
    /// A mode that makes lighter.
    case screen, lighten, add, colorDodge
    /// A mode that adds contrast.
    case overlay, softLight, hardLight
    /// A mode that compares.
    case difference, subtract
}
