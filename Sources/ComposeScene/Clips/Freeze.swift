// SPDX-License-Identifier: Apache-2.0

/// The picture that a frozen video shows.
///
/// A value type; safe to share between threads.
#if hasAttribute(nonexhaustive)
    @nonexhaustive
#endif
public enum Freeze: Sendable, Hashable {
    /// The first picture of the clip's source.
    case first
    /// The last picture of the clip's source.
    case last
    /// The picture shown at a time of the file.
    case at(Duration)

    static let form: Form<Freeze> = {
        let expected = "\"first\", \"last\" or a time in seconds"
        return Form(
            expected: expected, kind: "`first`, `last` or a time",
            schema: { .any([.word(["first", "last"]), Form<Duration>.time.schema()]) },
            read: { node, reader in
                switch node.value {
                case .string("first"): .first
                case .string("last"): .last
                case .string(let text) where !text.contains("/"):
                    reader.refused(node, "\(quoted(text)) is no picture of a video; use \(expected)")
                case .string, .number: Form<Duration>.time.read(node, reader).map { .at($0) }
                default: reader.refused(node, nil, expected)
                }
            },
            write: { freeze in
                switch freeze {
                case .first: .string("first")
                case .last: .string("last")
                case .at(let time): Form<Duration>.time.write(time)
                }
            },
            check: { freeze, report in
                if case .at(let time) = freeze { Form<Duration>.time.check?(time, &report) }
            })
    }()
}

extension DocumentReader {
    /// Reports a value that is refused, or without a message one of another type, and returns nothing.
    fileprivate func refused<Value>(_ node: JSONNode, _ message: String?, _ expected: String = "") -> Value? {
        if let message { refuse(node, message) } else { mismatch(node, expected) }
        return nil
    }
}
