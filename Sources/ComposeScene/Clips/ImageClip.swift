// SPDX-License-Identifier: Apache-2.0

/// A picture: JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, AVIF or SVG.
///
/// An animated GIF, PNG or WebP plays from the clip's start on, as often as the file says; its last picture stays. A drawing is
/// as sharp as the canvas at every size.
///
/// A value type; safe to share between threads.
public struct ImageClip: VisualClip {
    /// The file's path, relative to the edit's folder.
    public var src: String
    /// The placement in time and on the canvas; `duration` is required.
    public var visual: Visual
    /// How the picture fills its box.
    public var fit: Fit
    /// A move over the picture; `nil` keeps it still.
    public var motion: Motion?
    /// An identifier chosen by the user; preserved when the document is read and written.
    public var id: String?
    /// Free-form data of the user; preserved when the document is read and written.
    public var metadata: JSONValue?

    /// Creates a picture that is shown for `duration` over the whole canvas.
    public init(_ src: String, duration: Duration, fit: Fit = .cover) {
        self.src = src
        self.visual = Visual(duration: duration)
        self.fit = fit
    }

    /// The value as a ``Clip``.
    public var clip: Clip { .image(self) }

    /// Returns a copy of the clip with another move over the picture.
    public func motion(_ motion: Motion?) -> ImageClip { changed(self) { $0.motion = motion } }
    /// Returns a copy of the clip that fills its box in another way.
    public func fit(_ fit: Fit) -> ImageClip { changed(self) { $0.fit = fit } }
}

extension ImageClip: ClipKind {
    package static let form = ObjectForm.clip(
        "image", "A picture.", usual: ImageClip("", duration: .zero),
        [
            .required(
                "src", \.src, .file(.picture),
                "The file: JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, AVIF or SVG. Animations play."),
            .visual(
                .required("duration", \.duration, .length, "How long it is shown.") { visual, report in
                    guard visual.duration == nil else { return }
                    report.add("missing; a picture does not say how long it is shown, so give it a duration")
                }),
            .optional("fit", \.fit, .word("fit"), "How the picture fills its box."),
            .optional("motion", \.motion, Motion.form.form, unset: "holds still", "A slow move over the picture."),
        ])

    package var placement: Placement {
        Placement(content: .picture, start: visual.start, length: visual.duration.map { .known($0) } ?? .ofMedia)
    }

    package var noun: String { "an image" }
}
