// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Stand-ins for GPUs: libraries built by `make stand-ins`.
///
/// They stay loaded, so each is used in its own process.
enum StandIn {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".build/stand-ins").path

    /// Whether the stand-ins have been built.
    static var exist: Bool {
        FileManager.default.fileExists(atPath: folder + "/libnvidia-encode.so.1")
    }

    static let advice: Comment =
        "the stand-ins have not been made: run make test-deps, which needs libffmpeg-nvenc-dev (Linux)"

    /// A file used as a render node: DRMStandIn reports any file as one.
    static let node = "/dev/null"

    /// Loads the stand-ins for NVIDIA's libraries, configured by `settings`, whose names omit the prefix `STANDIN_`.
    static func nvidia(_ settings: [String: String] = [:]) {
        set(settings)
        for name in ["libcuda.so.1", "libnvidia-encode.so.1"] {
            // FFmpeg requests the libraries by these names and gets those that are already loaded.
            if unsafe dlopen(folder + "/" + name, RTLD_NOW | RTLD_GLOBAL) == nil {
                Issue.record("\(name): \(unsafe dlerror().map { unsafe String(cString: $0) } ?? "")")
            }
        }
    }

    /// Makes libva load the stand-in for a driver.
    static func vaapi(_ settings: [String: String] = [:]) {
        set(settings)
        unsafe setenv("LIBVA_DRIVERS_PATH", folder, 1)
        unsafe setenv("LIBVA_DRIVER_NAME", "compose_standin", 1)
        unsafe setenv("LIBVA_MESSAGING_LEVEL", "0", 1)
    }

    private static func set(_ settings: [String: String]) {
        for (name, value) in settings { unsafe setenv("STANDIN_" + name, value, 1) }
    }
}
