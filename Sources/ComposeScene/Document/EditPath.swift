// SPDX-License-Identifier: Apache-2.0

/// A place in an edit, as problems name it: `tracks[0].clips[2].duration`.
///
/// Readers and checks push a step before they go down and pop it on the way back. The text is put together only for problems:
/// an edit of ten thousand clips has a hundred thousand values.
package struct EditPath: Sendable, CustomStringConvertible {
    package enum Step: Sendable {
        case field(String)
        case index(Int)
        /// An object whose fields are named as if they were its container's: `timeline`.
        case transparent
    }

    private var steps: [Step] = []

    /// How many steps lead here.
    var depth: Int { steps.count }

    mutating func push(_ step: Step) { steps.append(step) }
    mutating func pop() { steps.removeLast() }

    /// The name of the field taken at a depth, if a field was taken there.
    func field(at depth: Int) -> String? {
        guard depth < steps.count, case .field(let name) = steps[depth] else { return nil }
        return name
    }

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
