// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// VA-API is Linux's; every other system has the rest.
#if os(Linux)
    let hardware = " libva libva-drm"
#else
    let hardware = ""
#endif

let swiftSettings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "compose",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Compose", targets: ["Compose", "Encoders"]),
        // Edits alone: to make, read and check them where there is no FFmpeg.
        .library(name: "ComposeScene", targets: ["ComposeScene"]),
        .executable(name: "compose", targets: ["ComposeCommand"]),
    ],
    traits: [
        .trait(name: "Text", description: "Text and captions, for which Pango and libass are needed."),
        .default(enabledTraits: ["Text"]),
    ],
    dependencies: [
        // The logging façade every Swift service already configures; libav's own lines go there too.
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        // The command line's parser: help, usage errors and completion for nothing.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpegSystem",
            pkgConfig: "libavfilter libavformat libavcodec libswscale libswresample libavutil zimg lcms2 libebur128"
                + hardware,
            providers: [
                .apt([
                    "libavfilter-dev", "libavformat-dev", "libavcodec-dev", "libswscale-dev", "libswresample-dev",
                    "libavutil-dev", "libva-dev", "libdrm-dev", "libzimg-dev",
                    "liblcms2-dev", "libebur128-dev",
                ]),
                .brew(["ffmpeg", "libva", "zimg", "little-cms2", "libebur128"]),
            ]),
        // Where it is missing, everything but the pitch of sound at another speed is built all the same.
        .systemLibrary(
            name: "CPitchSystem",
            pkgConfig: "rubberband",
            providers: [.apt(["librubberband-dev"]), .brew(["rubberband"])]),
        .target(
            name: "CFFmpegShim",
            dependencies: ["CFFmpegSystem", "CPitchSystem"],
            cSettings: [
                .treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra"),
                // Kernels without optimisation take five times the CPU of the rest. Since tools version 6.2, packages
                // with such flags may be dependencies with a version.
                .unsafeFlags(["-O2"]),
            ]),
        .systemLibrary(
            name: "CTextSystem",
            pkgConfig: "pangoft2 cairo fontconfig harfbuzz libass",
            providers: [.apt(["libpango1.0-dev", "libass-dev"]), .brew(["pango", "libass"])]),
        .target(
            name: "CTextShim",
            dependencies: [.target(name: "CTextSystem", condition: .when(traits: ["Text"]))],
            exclude: ["fonts/Inter-roman.var.ttf", "fonts/Inter-italic.var.ttf", "fonts/OFL.txt"],
            cSettings: [
                .treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra"),
                .define("CTS_TEXT", .when(traits: ["Text"])),
                .unsafeFlags(["-O2"]),
            ]),
        .target(
            name: "Libav",
            dependencies: ["CFFmpegShim", .product(name: "Logging", package: "swift-log")],
            swiftSettings: swiftSettings),
        .target(
            name: "Typesetting",
            dependencies: ["CTextShim", "Libav"],
            swiftSettings: swiftSettings),
        .target(
            name: "ComposeScene",
            swiftSettings: swiftSettings),
        .target(
            name: "Encoders",
            dependencies: ["ComposeScene", "Libav"],
            swiftSettings: swiftSettings),
        .target(
            name: "Compose",
            dependencies: [
                "ComposeScene", "Encoders", "Libav", .target(name: "Typesetting", condition: .when(traits: ["Text"])),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "ComposeCommand",
            dependencies: [
                "Compose", "ComposeScene", "Encoders",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        // Makes any file pass for a render node in the tests' process, so that libva loads the stand-in for a driver.
        .target(name: "DRMStandIn", path: "Tests/DRMStandIn"),
        .testTarget(
            name: "ComposeSceneTests",
            dependencies: ["ComposeScene"],
            exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ComposeTests",
            dependencies: [
                "Compose", "ComposeScene", "Encoders", "Libav", "DRMStandIn",
                .target(name: "Typesetting", condition: .when(traits: ["Text"])),
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TypesettingTests",
            dependencies: ["Typesetting", "Libav"],
            exclude: ["Fonts", "Goldens"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "CommandTests",
            dependencies: ["ComposeCommand", "Compose", "ComposeScene", "Encoders", "Libav"],
            swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)
