// SPDX-License-Identifier: Apache-2.0

import Compose

/// A file that a request names, and the path of the field that does so.
struct NamedFile: Sendable, Hashable {
    let path: String
    let src: String

    init(path: String, src: String) {
        self.path = path
        self.src = src
    }

    init(_ reference: MediaReference) { self.init(path: reference.path, src: reference.src) }
}

extension Edit {
    /// The files that the edit names.
    var files: [NamedFile] { media.map { NamedFile($0) } }
}

extension Configuration.JobKind {
    /// Returns the files that a payload names in the fields that the kind has for that.
    ///
    /// Throws ``ComposeProblems`` if such a field is neither a text nor an array of texts.
    func files(in payload: [String: JSONValue]) throws(ComposeProblems) -> [NamedFile] {
        var files: [NamedFile] = []
        _ = try map(payload) { file in
            files.append(file)
            return file.src
        }
        return files
    }

    /// Returns a payload whose files are replaced.
    func mapFiles(
        of payload: [String: JSONValue], _ files: [NamedFile: String]
    ) throws(ComposeProblems) -> [String: JSONValue] {
        try map(payload) { files[$0] ?? $0.src }
    }

    private func map(
        _ payload: [String: JSONValue], _ transform: (NamedFile) -> String
    ) throws(ComposeProblems) -> [String: JSONValue] {
        var mapped = payload
        for field in fileFields {
            let path = "payload." + field
            switch payload[field] {
            case nil, .null: continue
            case .string(let src): mapped[field] = .string(transform(NamedFile(path: path, src: src)))
            case .array(let values):
                var sources: [JSONValue] = []
                for (index, value) in values.enumerated() {
                    guard case .string(let src) = value else { throw Self.noFile(path) }
                    sources.append(.string(transform(NamedFile(path: "\(path)[\(index)]", src: src))))
                }
                mapped[field] = .array(sources)
            default: throw Self.noFile(path)
            }
        }
        return mapped
    }

    private static func noFile(_ path: String) -> ComposeProblems {
        ComposeProblems([Problem(path: path, message: "expected the name of a file, or an array of such names")])
    }
}
