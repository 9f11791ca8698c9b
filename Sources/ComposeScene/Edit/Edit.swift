// SPDX-License-Identifier: Apache-2.0

/// An edit document: a timeline and the settings of the output.
///
/// A value type; safe to share between threads.
public struct Edit: Sendable, Hashable {
    /// The canvas, the frame rate and the tracks.
    public var timeline: Timeline
    /// How the timeline is encoded.
    public var output: Output

    /// Creates an edit of a timeline.
    public init(timeline: Timeline, output: Output = Output()) {
        self.timeline = timeline
        self.output = output
    }

    /// Creates an edit from its tracks.
    public init(
        size: PixelSize, frameRate: FrameRate = 30, background: Color = .black, output: Output = Output(),
        @TrackBuilder tracks: () -> [Track]
    ) {
        self.init(
            timeline: Timeline(size: size, frameRate: frameRate, background: background, tracks: tracks()),
            output: output)
    }
}

extension Edit {
    /// The version of the document format that this library reads and writes.
    static let documentVersion = 1

    static let form: Form<Edit> = {
        let fields = ObjectForm(
            "edit", expected: "an object with the edit's version and timeline",
            "A timeline, and the output that is wanted of it.",
            usual: Edit(timeline: Timeline(size: PixelSize(width: 0, height: 0))),
            [
                .required("version", \.version, .version, "The format's version: 1."),
                .transparent("timeline", \.timeline, Timeline.form.form, "What is shown and heard."),
                .optional("output", \.output, Output.form.form, "How it is encoded."),
            ])
        return changed(fields.form) { form in
            form.read = { [read = form.read] node, reader in
                // A newer version may have given the other fields a different meaning.
                guard case .object(let members) = node.value,
                    let version = ObjectMembers(object: node, members: members)["version"],
                    case .number(let text) = version.value, let number = Attoseconds.integer(text),
                    number > documentVersion
                else { return read(node, reader) }
                reader.inside(.field("version")) {
                    reader.refuse(
                        version,
                        "version \(number) is newer than \(documentVersion), the newest known here; update compose")
                }
                return nil
            }
        }
    }()

    /// The document's version; every edit is written in the current one.
    fileprivate var version: Int {
        get { Self.documentVersion }
        set {}
    }
}

extension Form<Int> {
    fileprivate static var version: Form {
        let known = Edit.documentVersion
        let number = integer(expected: "the format's version, \(known)", kind: "\(known)")
        return changed(number.schema(["const": .integer(known)])) { form in
            form.read = { node, reader in
                guard let version = number.read(node, reader) else { return nil }
                if version < known { reader.refuse(node, "there is no version \(version); write \(known)") }
                return version
            }
        }
    }
}

extension Edit {
    /// Returns every problem of the edit's values, in document order.
    ///
    /// The result is empty if there is none. No file is opened: whether media files exist and are long enough is
    /// checked when the edit is planned. `path` is the output's path, whose extension chooses the format if the edit
    /// does not.
    public func valueProblems(for path: String? = nil) -> [Problem] {
        var report = ValueReport(EditContext(self, for: path))
        Self.form.check?(settled(for: path), &report)
        return report.problems
    }
}
