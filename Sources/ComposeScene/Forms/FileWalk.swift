// SPDX-License-Identifier: Apache-2.0

/// A traversal of an edit that visits every file path.
package struct FileWalk {
    private var path: EditPath
    private let visit: (MediaReference, inout String) -> Void

    init(_ visit: @escaping (MediaReference, inout String) -> Void) {
        path = EditPath()
        self.visit = visit
    }

    mutating func inside(_ step: EditPath.Step, _ body: (inout FileWalk) -> Void) {
        path.push(step)
        body(&self)
        path.pop()
    }

    mutating func found(_ src: inout String, as use: MediaReference.Use) {
        visit(MediaReference(path: path.description, src: src, use: use), &src)
    }
}
