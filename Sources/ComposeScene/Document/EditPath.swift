// SPDX-License-Identifier: Apache-2.0

/// The path of a value in an edit, as problems show it: `tracks[0].clips[2].duration`.
///
/// Readers and checks put their step in front on the way back. The text is made only for problems: an
/// edit of ten thousand clips has a hundred thousand values.
package struct EditPath: Sendable, CustomStringConvertible {
    package enum Step: Sendable {
        case field(String)
        case index(Int)
        /// An object that is left out of paths: `timeline`.
        case transparent
    }

    private var steps: [Step]

    init(_ steps: [Step] = []) { self.steps = steps }

    /// The name of the field that the path begins with, if it begins with one.
    var firstField: String? {
        guard case .field(let name) = steps.first else { return nil }
        return name
    }

    mutating func push(_ step: Step) { steps.append(step) }
    mutating func pop() { steps.removeLast() }

    /// Puts a step in front: the path as seen from one step further up.
    mutating func prepend(_ step: Step) { steps.insert(step, at: 0) }

    package var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .field(let name): text = text.appending(field: name)
            case .index(let index): text += "[\(index)]"
            case .transparent: break
            }
        }
    }
}

extension String {
    /// Returns the path of a field of the object at this path.
    func appending(field name: String) -> String {
        let isPlain =
            !name.isEmpty && name.utf8.count <= 80
            && name.unicodeScalars.allSatisfy {
                $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
            }
        guard isPlain else { return "\(self)[\(quoted(name))]" }
        return isEmpty ? name : "\(self).\(name)"
    }
}
