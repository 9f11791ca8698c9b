// SPDX-License-Identifier: Apache-2.0

/// A stretch of a track with nothing in it.
public struct Gap: ClipValue {
    /// How long nothing is shown.
    public var duration: Duration
    /// A name of the user's own, kept on round trip.
    public var id: String?
    /// Free-form data of the user's own, kept on round trip.
    public var metadata: JSONValue?

    /// Creates a gap.
    public init(_ duration: Duration) { self.duration = duration }

    /// The clip that holds the gap.
    public var clip: Clip { .gap(self) }
}

extension Gap: ClipKind {
    package static let form = ObjectForm.clip(
        "gap", "Nothing, for a while.", usual: Gap(.zero),
        [.required("duration", \.duration, .length, "How long nothing is shown.")])

    package var placement: Placement { Placement(content: nil, start: nil, length: .known(duration)) }

    package var noun: String { "a gap" }
}
