// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Stand-ins for graphics processors, of which `make stand-ins` makes libraries.
///
/// They stay loaded, so each is used in a process of its own.
enum StandIn {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".build/stand-ins").path

    /// Whether they have been made.
    static var exist: Bool {
        FileManager.default.fileExists(atPath: folder + "/libnvidia-encode.so.1")
    }

    static let advice: Comment =
        "the stand-ins have not been made: run make test-deps, which needs libffmpeg-nvenc-dev (Linux)"

    /// A file that passes for a render node: DRMStandIn says of any that it is one.
    static let node = "/dev/null"

    /// Puts the stand-ins for NVIDIA's libraries in their place, set up by `settings`: `STANDIN_…` without the first word.
    static func nvidia(_ settings: [String: String] = [:]) {
        set(settings)
        for name in ["libcuda.so.1", "libnvidia-encode.so.1"] {
            // FFmpeg asks for them by these names, and gets what is loaded already.
            if unsafe dlopen(folder + "/" + name, RTLD_NOW | RTLD_GLOBAL) == nil {
                Issue.record("\(name): \(unsafe dlerror().map { unsafe String(cString: $0) } ?? "")")
            }
        }
    }

    /// Has libva load the stand-in for a driver.
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
