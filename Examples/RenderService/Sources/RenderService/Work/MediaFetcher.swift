// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import ObjectStorage

/// Brings an edit's media into a folder.
struct MediaFetcher: Sendable {
    let store: any ObjectStore
    let cache: DownloadCache
    let web: WebClient
    let hosts: [String]
    let limits: Configuration.Limits

    /// Puts every file of an edit into a folder, and returns the edit with the files' names there.
    ///
    /// Files have the names the caller knows them by wherever that can be, since problems name them. Throws
    /// ``ComposeProblems`` for files that are not to be had, and what stores throw.
    func fetch(_ edit: Edit, of caller: String, into folder: String) async throws -> Edit {
        var names: [MediaSource: String] = [:]
        var problems: [Problem] = []
        for reference in edit.media {
            do throws(ComposeProblems) {
                let source = try MediaSource(reference, of: caller, hosts: hosts)
                if names[source] == nil { names[source] = source.fileName(number: names.count) }
            } catch { problems += error.problems }
        }
        guard names.count <= limits.sources else {
            throw ComposeProblems([
                Problem(path: "", message: "the edit has \(names.count) files, more than the \(limits.sources) allowed")
            ])
        }
        guard problems.isEmpty else { throw ComposeProblems(problems) }
        // A few at a time: most of the wait is for answers.
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
        return try edit.mapMedia { reference throws(ComposeProblems) in
            let source = try MediaSource(reference, of: caller, hosts: hosts)
            if let reason = missing[source] {
                throw ComposeProblems([Problem(path: reference.path, message: reason)])
            }
            return names[source] ?? reference.src
        }
    }

    /// Why the file is not to be had, in words for its author; `nil` where it is there.
    private func fetch(_ source: MediaSource, to path: String) async throws -> String? {
        switch source.origin {
        case .object(let key):
            let info = try await cache.file(for: key, of: store, linkedAt: path)
            return info == nil ? "there is no upload \(key.split(separator: "/").last ?? "")" : nil
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
    /// What its file is called in a folder of an edit's media: its own name where that is no address.
    fileprivate func fileName(number: Int) -> String {
        switch origin {
        case .object(let key): String(key.split(separator: "/").last ?? "")
        case .web(let url):
            // An upload may have the same name, but no dot first.
            ".web\(number)-"
                + String(
                    url.lastPathComponent.utf8.filter { CallerName.isNameByte($0) }.suffix(100).map {
                        Character(UnicodeScalar($0))
                    })
        }
    }
}
