// SPDX-License-Identifier: Apache-2.0

/// A traversal of an edit that visits every file path.
package struct FileWalk {
    /// Whether what `visit` makes of the paths is wanted; otherwise nothing is written back.
    let replaces: Bool
    private var path = EditPath()
    private let visit: (EditPath, MediaReference.Use, inout String) -> Void

    init(replacing: Bool = false, _ visit: @escaping (EditPath, MediaReference.Use, inout String) -> Void) {
        replaces = replacing
        self.visit = visit
    }

    mutating func inside(_ step: EditPath.Step, _ body: (inout FileWalk) -> Void) {
        path.push(step)
        body(&self)
        path.pop()
    }

    mutating func found(_ src: inout String, as use: MediaReference.Use) { visit(path, use, &src) }
}
