// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "Gallery",
    platforms: [.macOS(.v15)],
    // The name is given because a package at a path is otherwise known by its folder's name, which is whatever the
    // checkout is called.
    dependencies: [.package(name: "compose", path: "../..")],
    targets: [
        .executableTarget(name: "Gallery", dependencies: [.product(name: "Compose", package: "compose")])
    ],
    swiftLanguageModes: [.v6]
)
