// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "ComposeBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "compose", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        // The field's harness. Without its traits, which count allocations in a way that needs more packages; we count our own.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        // One part of a render in a process of its own, for the table of comparisons.
        .executableTarget(
            name: "workbench",
            dependencies: [
                .product(name: "Compose", package: "compose"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(name: "CAllocations"),
        .executableTarget(
            name: "HotPaths",
            dependencies: [
                "CAllocations",
                .product(name: "Compose", package: "compose"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/HotPaths",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
