// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation

/// An edit document, read from a file or from standard input.
struct EditFile {
    /// The path of the document as the user gave it, for messages.
    let name: String
    /// The folder that media paths are relative to: the document's, or the current one for standard input.
    let folder: String
    /// The document's content.
    let edit: Edit

    /// Creates an edit file from the document at `path`; `-` is standard input.
    init(_ path: String) throws {
        name = path
        folder = path == "-" ? "." : Self.folder(of: path)
        let data: Data
        do {
            data =
                path == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure(edit: path, "cannot be read: \(reason(error))")
        }
        do throws(ComposeError) { edit = try Edit(json: data) } catch { throw Failure(error, edit: path) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
