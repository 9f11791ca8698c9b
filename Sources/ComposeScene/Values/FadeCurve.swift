// SPDX-License-Identifier: Apache-2.0

/// The way of a fade from silence to the full level; a fade-out is the same way back.
///
/// A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum FadeCurve: String, Sendable, Hashable, CaseIterable {
    /// The gain rises in a straight line.
    case linear
    /// The gain follows a quarter of a sine, as in cross-fades, which keep the power of unlike sounds.
    case equalPower
    /// The level rises evenly for the ear: 60 dB, and to silence at the very end.
    case logarithmic
    /// The gain follows half a cosine, which is gentle at both ends.
    case sCurve
}
