// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// A user of ComposeScene on a machine without FFmpeg: the module's own tests, built against the product alone.
let package = Package(
    name: "without-ffmpeg",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "compose", path: "../..")],
    targets: [
        .testTarget(
            name: "SceneTests", dependencies: [.product(name: "ComposeScene", package: "compose")], path: "SceneTests",
            exclude: ["Fixtures"])
    ],
    swiftLanguageModes: [.v6]
)
