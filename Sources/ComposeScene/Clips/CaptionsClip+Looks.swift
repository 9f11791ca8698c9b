// SPDX-License-Identifier: Apache-2.0

extension CaptionsClip {
    /// Reports the fields that have no meaning where a file has looks of its own.
    func checkFileLooks(_ report: inout ValueReport) {
        if case .words = content {
            report.add(
                "words have no looks of their own; name an ASS file by src, or leave this out", at: .field("looks"))
        }
        let usual = CaptionsClip("")
        let given: [(name: String, isGiven: Bool, what: String)] = [
            ("size", visual.size != nil, "where its text lies"),
            ("position", visual.position != nil, "where its text lies"),
            ("anchor", visual.anchor != usual.visual.anchor, "where its text lies"),
            ("style", style != usual.style, "how its text looks"),
            ("active", active != nil, "how words look while they are sung"),
            ("speakers", !speakers.isEmpty, "how its text looks"),
            ("grouping", grouping != nil, "which words are shown together"),
            ("safeArea", safeArea != nil, "where its text lies"),
        ]
        for field in given where field.isGiven {
            report.add(
                "with looks \"file\" the file says \(field.what); leave this out, or leave out looks",
                at: .field(field.name))
        }
    }
}
