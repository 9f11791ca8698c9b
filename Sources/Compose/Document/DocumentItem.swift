// SPDX-License-Identifier: Apache-2.0

/// A value of a document, where it stands, and where to say what is wrong with it.
struct DocumentItem {
    enum Step {
        case here
        case field(String)
        case index(Int)
    }

    let node: JSONNode
    /// The path of the object or array around the value.
    ///
    /// Paths are put together only for problems: most items have none.
    let container: String
    let step: Step
    let problems: DocumentProblems

    var path: String {
        switch step {
        case .here: container
        case .field(let name): container.appending(field: name)
        case .index(let index): "\(container)[\(index)]"
        }
    }

    func refuse(_ message: String) {
        problems.add(path, message, at: node.offset)
    }

    /// Refuses the value for being of the wrong kind.
    func mismatch(_ expected: String) {
        refuse("expected \(expected), found \(node.kind)")
    }
}

/// Collects problems and gives them in document order.
final class DocumentProblems {
    private var found: [(offset: Int, problem: Problem)] = []

    func add(_ path: String, _ message: String, at offset: Int) {
        found.append((offset, Problem(path: path, message: message)))
    }

    /// Everything found.
    ///
    /// Equal offsets keep the order of finding, which is the order of the fields' tables.
    private var sorted: [Problem] {
        found.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map(\.element.problem)
    }

    /// The value of a whole tree, or every problem it has.
    static func read<Value>(_ node: JSONNode, as form: DocumentForm<Value>) throws(ComposeError) -> Value {
        let problems = DocumentProblems()
        let value = form.read(DocumentItem(node: node, container: "", step: .here, problems: problems))
        guard let value, problems.found.isEmpty else {
            throw ComposeError(.invalidEdit, problems: problems.sorted)
        }
        return value
    }
}

extension String {
    /// The path of a field of the object at this path.
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
