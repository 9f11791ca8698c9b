// SPDX-License-Identifier: Apache-2.0

/// The path of a value in an edit, as problems show it: `tracks[0].clips[2].duration`.
///
/// Readers and checks push a step before they descend and pop it afterwards. The text is made only for problems: an
/// edit of ten thousand clips has a hundred thousand values.
package struct EditPath: Sendable, CustomStringConvertible {
    package enum Step: Sendable {
        case field(String)
        case index(Int)
        /// An object that is left out of paths: `timeline`.
        case transparent
    }

    private var steps: [Step] = []

    /// The number of steps.
    var depth: Int { steps.count }

    mutating func push(_ step: Step) { steps.append(step) }
    mutating func pop() { steps.removeLast() }

    /// Returns the field name of the step at a depth; `nil` if that step is not a field.
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
