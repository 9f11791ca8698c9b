// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "render-service",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "render-service", targets: ["RenderServiceCommand"])],
    dependencies: [
        // The name is given explicitly, because the default name of a package at a path is the name of its folder,
        // which depends on the checkout.
        .package(name: "compose", path: "../.."),
        // The HTTP server.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.0.0"),
        // The HTTP client for callbacks, downloads, object stores and other instances of the service.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.25.0"),
        // Graceful shutdown: a process that is told to stop finishes or releases its jobs.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        // TLS for Redis.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.29.0"),
        // The types that the HTTP server reads and writes, below the sockets.
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        // The signatures of callbacks and of requests to object stores.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        // The job queue and the archive in SQLite on one machine.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
        // The verification of callers' tokens.
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.0.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .systemLibrary(
            name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        // The functions for extended attributes, such as setxattr, which Swift's Glibc module does not contain.
        .systemLibrary(name: "CExtendedAttributes"),
        .target(
            name: "ObjectStorage",
            dependencies: [
                "CExtendedAttributes",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        // What the queue and the archive have in common: pools of connections, and SQLite files.
        .target(
            name: "DatabaseAccess", dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: swiftSettings),
        .target(
            name: "JobQueue",
            dependencies: [
                "CHiredis", "DatabaseAccess",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        // What is kept longer than jobs: records, edits and credits, in SQLite or Postgres.
        .target(
            name: "Archive",
            dependencies: ["CPostgres", "DatabaseAccess", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: swiftSettings),
        .target(
            name: "RenderService",
            dependencies: [
                "ObjectStorage", "JobQueue", "Archive",
                .product(name: "Compose", package: "compose"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.copy("Resources/index.html"), .copy("Resources/openapi.json")],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "RenderServiceCommand",
            dependencies: [
                "RenderService", "JobQueue",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        // Real servers for tests: Redis, Postgres and an S3-compatible store.
        .target(name: "TestServers", path: "Tests/TestServers", swiftSettings: swiftSettings),
        .testTarget(
            name: "JobQueueTests",
            dependencies: ["JobQueue", "TestServers", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: swiftSettings),
        .testTarget(name: "ArchiveTests", dependencies: ["Archive", "TestServers"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ObjectStorageTests",
            dependencies: [
                "ObjectStorage", "TestServers",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            exclude: ["botocore_sign.py"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "RenderServiceTests",
            dependencies: [
                "RenderService", "RenderServiceCommand", "TestServers",
                .product(name: "Compose", package: "compose"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
            ],
            exclude: ["check_openapi.py", "producer.py", "inngest_executor.py", "lipsync.py", "socket_client.py"],
            swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)
