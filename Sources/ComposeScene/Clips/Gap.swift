// SPDX-License-Identifier: Apache-2.0

/// A stretch of a track without content.
///
/// A value type; safe to share between threads.
public struct Gap: ClipValue {
    /// The length of the gap; more than zero.
    public var duration: Duration
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a gap.
    public init(_ duration: Duration) { self.duration = duration }

    /// The value as a ``Clip``.
    public var clip: Clip { .gap(self) }
}

extension Gap: ClipKind {
    package static let form = ObjectForm.clip(
        "gap", "Nothing, for a while.", usual: Gap(.zero),
        [.required("duration", \.duration, .length, "How long nothing is shown.")])

    package var placement: Placement { Placement(content: nil, start: nil, length: .known(duration)) }

    package var noun: String { "a gap" }
}
