// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import ObjectStorage

/// An edit whose media are in a folder.
struct FetchedEdit: Sendable {
    /// The edit, with the names of the files in the folder.
    let edit: Edit
    /// The origins of the files.
    let sources: [String: MediaSource]
}

/// A downloader of an edit's media.
struct MediaFetcher: Sendable {
    let store: any ObjectStore
    let cache: DownloadCache
    let web: WebClient
    var rules: MediaRules
    let limits: Configuration.Limits

    /// Downloads every file of an edit to a folder, and returns the edit with the names of the files there.
    ///
    /// The files keep the caller's names if possible, because problems refer to them. Throws ``ComposeProblems`` for
    /// files that are not available, and the errors of the store.
    func fetch(_ edit: Edit, of caller: String, into folder: String) async throws -> FetchedEdit {
        var names: [MediaSource: String] = [:]
        var problems: [Problem] = []
        for file in edit.files {
            do throws(ComposeProblems) {
                let source = try MediaSource(file, of: caller, rules)
                if names[source] == nil { names[source] = source.fileName(number: names.count) }
            } catch { problems += error.problems }
        }
        guard names.count <= limits.sources else {
            throw ComposeProblems([
                Problem(path: "", message: "the edit has \(names.count) files, more than the \(limits.sources) allowed")
            ])
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        // Several files are downloaded at the same time, because most of the time is spent waiting for responses.
        let missing = try await withThrowingTaskGroup(of: (MediaSource, String)?.self) { group in
            var missing: [MediaSource: String] = [:]
            var waiting = Array(names)[...]
            for _ in 0..<8 {
                guard let (source, name) = waiting.popFirst() else { break }
                group.addTask { try await fetch(source, to: folder + "/" + name).map { (source, $0) } }
            }
            while let ended = try await group.next() {
                if let (source, reason) = ended { missing[source] = reason }
                if let (source, name) = waiting.popFirst() {
                    group.addTask { try await fetch(source, to: folder + "/" + name).map { (source, $0) } }
                }
            }
            return missing
        }
        let mapped = try edit.mapMedia { reference throws(ComposeProblems) in
            let source = try MediaSource(NamedFile(reference), of: caller, rules)
            if let reason = missing[source] {
                throw ComposeProblems([Problem(path: reference.path, message: reason)])
            }
            return names[source] ?? reference.src
        }
        return FetchedEdit(edit: mapped, sources: Dictionary(names.map { ($1, $0) }) { first, _ in first })
    }

    /// Downloads a file, and returns why it is not available or `nil` if it was downloaded.
    private func fetch(_ source: MediaSource, to path: String) async throws -> String? {
        switch source.origin {
        case .object(let key):
            let info = try await cache.file(for: key, of: store, linkedAt: path)
            return info == nil ? source.missing : nil
        case .web(let url):
            do {
                try await web.download(url, through: cache, linkedAt: path, limit: limits.uploadBytes)
                return nil
            } catch let refusal as WebClient.Refusal {
                return refusal.description
            }
        }
    }
}

extension MediaSource {
    /// Returns the name of the file in the folder, which is the name of the upload if the source is one.
    fileprivate func fileName(number: Int) -> String {
        switch origin {
        case .object(let key):
            let name = String(key.split(separator: "/").last ?? "")
            // Uploads of one caller have different names; other objects may have the same.
            return isUpload ? name : ".key\(number)-" + Self.plain(name)
        // The leading dot avoids collisions with uploads, whose names cannot start with one.
        case .web(let url): return ".web\(number)-" + Self.plain(url.lastPathComponent)
        }
    }

    /// Whether the source is an upload.
    private var isUpload: Bool {
        if case .object(let key) = origin { key.hasPrefix("media/") } else { false }
    }

    /// What is said of an object that does not exist.
    var missing: String {
        guard case .object(let key) = origin else { return "there is no such file" }
        guard isUpload else { return "there is no object \(key) in the bucket" }
        return "there is no upload \(key.split(separator: "/").last ?? ""); upload it with PUT /media/{name}"
    }

    private static func plain(_ name: String) -> String {
        String(
            name.utf8.filter { CallerName.isNameByte($0) }.suffix(100).map { Character(UnicodeScalar($0)) })
    }
}
