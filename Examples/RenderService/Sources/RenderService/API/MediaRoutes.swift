// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import ObjectStorage

/// The routes for callers' uploads.
struct MediaRoutes: Sendable {
    let workplace: Workplace

    func add(to router: some RouterMethods<ServiceContext>) {
        router.put("/media/{name}") { try await put($0, $1) }
        router.post("/media") { try await post($0, $1) }
        router.delete("/media/{name}") { try await remove($0, $1) }
    }

    private struct Upload: Encodable {
        let name: String
        let key: String
        let size: Int64
        let etag: String
    }

    private func put(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let name = try name(context.parameters.get("name") ?? "")
        let limit = workplace.configuration.limits.uploadBytes
        let size = request.headers[.contentLength].flatMap { Int64($0) }
        if let size, size > limit { throw StorageError.tooLarge(limit: limit) }
        let key = MediaSource.prefix(of: context.caller) + name
        let info = try await workplace.store.write(
            request.body, size: size, to: key,
            contentType: request.headers[.contentType] ?? Deliverable.contentType(of: name), limit: limit)
        if let size, size != info.size {
            try await workplace.store.remove(key)
            throw APIError(.badRequest, "truncated", "\(info.size) of \(size) bytes arrived")
        }
        return try .json(Upload(name: name, key: key, size: info.size, etag: info.etag), status: .created)
    }

    private func remove(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let name = try name(context.parameters.get("name") ?? "")
        try await workplace.store.remove(MediaSource.prefix(of: context.caller) + name)
        return Response(status: .noContent)
    }

    private func name(_ text: String) throws -> String {
        guard MediaSource.isUploadName(text) else {
            throw APIError(
                .badRequest, "invalidName",
                "\(text.debugDescription) is not a name: letters, digits, '.', '_' and '-', not '.' first, at most 200")
        }
        return text
    }

    /// Stores the files of a form as sent by browsers.
    ///
    /// Each file is first written to the disk, so that an incomplete form leaves nothing in the store.
    private func post(_ request: Request, _ context: ServiceContext) async throws -> Response {
        struct Uploads: Encodable { let media: [Upload] }
        guard var parser = MultipartParser(contentType: request.headers[.contentType] ?? "") else {
            throw APIError(.unsupportedMediaType, "contentType", "the body is not multipart/form-data with a boundary")
        }
        let limit = workplace.configuration.limits.uploadBytes
        let uploads = try await workplace.withFolder(for: "upload") { folder in
            var files: [(name: String, path: String, type: String?)] = []
            var handle: FileHandle?
            defer { try? handle?.close() }
            var size: Int64 = 0
            for try await buffer in request.body {
                for event in try parser.read(Array(buffer.readableBytesView)) {
                    switch event {
                    case .begin(let file, let type):
                        let path = folder.file(String(files.count))
                        guard files.count < workplace.configuration.limits.sources else {
                            throw APIError(.contentTooLarge, "tooLarge", "too many files")
                        }
                        guard FileManager.default.createFile(atPath: path, contents: nil) else {
                            throw StorageError.diskFailed("the file cannot be created")
                        }
                        files.append((try name(file), path, type))
                        handle = FileHandle(forWritingAtPath: path)
                        size = 0
                    case .bytes(let bytes):
                        guard let handle else { continue }
                        size += Int64(bytes.count)
                        guard size <= limit else { throw StorageError.tooLarge(limit: limit) }
                        try await NIOThreadPool.singleton.runIfActive {
                            do { try handle.write(contentsOf: Data(bytes)) } catch {
                                throw StorageError.diskFailed("\(error)")
                            }
                        }
                    case .end:
                        try handle?.close()
                        handle = nil
                    }
                }
            }
            guard parser.isComplete else { throw APIError(.badRequest, "truncated", "the form is incomplete") }
            var uploads: [Upload] = []
            for file in files {
                let key = MediaSource.prefix(of: context.caller) + file.name
                let info = try await workplace.store.upload(
                    file: file.path, to: key, contentType: file.type ?? Deliverable.contentType(of: file.name))
                uploads.append(Upload(name: file.name, key: key, size: info.size, etag: info.etag))
            }
            return uploads
        }
        return try .json(Uploads(media: uploads), status: .created)
    }
}
