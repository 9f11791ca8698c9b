// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import ObjectStorage
import Synchronization
import TestServers
import Testing

/// A store implementation under test; all must behave in the same way.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case folder
    case s3

    var testDescription: String { rawValue }

    /// Returns an empty store.
    func make() async throws -> any ObjectStore {
        switch self {
        case .folder: try FolderStore(root: TestFolder.make())
        case .s3: try await makeS3Store().store
        }
    }
}

/// Returns a store in a new, empty bucket of the server that all tests share.
func makeS3Store(
    _ change: (inout S3Store.Options) -> Void = { _ in }
) async throws -> (store: S3Store, server: S3Server, bucket: String) {
    let server = try await S3Server.shared()
    let bucket = try await server.makeBucket()
    return (try s3Store(at: server.endpoint, bucket: bucket, change), server, bucket)
}

/// Returns a store at an address, with short pauses.
func s3Store(
    at endpoint: URL, bucket: String = "bucket", _ change: (inout S3Store.Options) -> Void = { _ in }
) throws -> S3Store {
    var options = S3Store.Options()
    options.backoff = .milliseconds(5)
    options.maximumBackoff = .milliseconds(20)
    change(&options)
    return try S3Store(
        endpoint: endpoint, bucket: bucket, region: "us-east-1",
        credentials: S3Credentials(accessKey: "test", secretKey: "secret"), pathStyle: true, client: testClient,
        options: options)
}

/// The HTTP client of all tests, which is never shut down.
let testClient = HTTPClient(
    eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: S3Store.clientConfiguration)

/// Temporary folders, which are removed when the process ends.
enum TestFolder {
    private static let base = FileManager.default.temporaryDirectory.appending(
        path: "object-storage-tests-\(UUID().uuidString)")

    /// Creates an empty folder and returns its path.
    static func make() throws -> String {
        atexit { try? FileManager.default.removeItem(at: TestFolder.base) }
        let folder = base.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }
}

/// Returns pseudorandom bytes, which are the same for the same seed.
func testBytes(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var words = [UInt64](repeating: 0, count: count / 8 + 1)
    for index in words.indices {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        words[index] = state
    }
    return words.withUnsafeBytes { ByteBuffer(bytes: $0.prefix(count)) }
}

/// An asynchronous sequence that delivers bytes in pieces.
struct Pieces: AsyncSequence, Sendable {
    var bytes: ByteBuffer
    var pieceSize: Int
    /// A closure that runs before each piece, with the number of bytes already delivered.
    var before: @Sendable (Int) async throws -> Void = { _ in }

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ByteBuffer
        let source: Pieces

        mutating func next() async throws -> ByteBuffer? {
            try await source.before(rest.readerIndex)
            return rest.readSlice(length: Swift.min(source.pieceSize, rest.readableBytes)).flatMap {
                $0.readableBytes > 0 ? $0 : nil
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(rest: bytes, source: self)
    }
}

extension ObjectStore {
    /// Stores a text under a key.
    @discardableResult
    func write(_ text: String, to key: String, contentType: String = "text/plain") async throws -> ObjectInfo {
        let bytes = ByteBuffer(string: text)
        return try await write(
            Pieces(bytes: bytes, pieceSize: 5), size: nil, to: key, contentType: contentType, limit: 1 << 30)
    }

    /// Returns an object as text, or `nil` if it does not exist.
    func text(_ key: String, _ range: Range<Int64>? = nil) async throws -> String? {
        guard let body = try await read(key, range: range) else { return nil }
        return String(buffer: try await body.bytes.collect(upTo: 1 << 30))
    }
}

/// A counter that several tasks may change.
final class Counter: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }

    @discardableResult
    func add(_ more: Int = 1) -> Int {
        number.withLock {
            $0 += more
            return $0
        }
    }

    func set(_ value: Int) {
        number.withLock { $0 = value }
    }
}

/// Waits until a condition is true, and returns `false` if it does not become true for a long time.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<3000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// Returns the SHA-256 of bytes.
func digest(_ bytes: ByteBuffer) -> SHA256.Digest {
    bytes.withUnsafeReadableBytes { SHA256.hash(data: $0) }
}
