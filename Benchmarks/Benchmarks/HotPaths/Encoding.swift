// SPDX-License-Identifier: Apache-2.0

import Benchmark
@_spi(Benchmarks) import Compose
import Foundation

/// Encoding frames that are in memory, by backend, preset and size; and whole renders to a file.
func encoding() throws {
    let frames = 48
    let sizes: [(String, PixelSize)] = [("720p", .hd720), ("1080p", .hd1080), ("2160p", .uhd)]
    func edit(_ size: PixelSize, _ settings: VideoSettings) -> Edit {
        Edit(size: size, frameRate: 24, output: Output(video: settings)) {
            Track { Image(photo(0), duration: .seconds(2)).motion(.pan(from: (0.3, 0.4), to: (0.7, 0.6), zoom: 1.3)) }
        }
    }
    let once = configuration([framesPerSecond, .cpuTotal], counted: false, warmups: 0, seconds: 8, times: 3)
    for (name, size) in sizes {
        for speed: VideoSettings.Speed in [.ultrafast, .veryfast, .medium] {
            Benchmark("encode.x264.\(speed.rawValue).\(name)", configuration: once) { benchmark in
                let pictures = try Workbench.Pictures(try await edit(size, VideoSettings(speed: speed)).plan())
                try measure(benchmark, frames, per: framesPerSecond) { blackHole(try pictures.encode()) }
            }
        }
        Benchmark("render.x264.veryfast.\(name)", configuration: once) { benchmark in
            let path = NSTemporaryDirectory() + "compose-benchmark-\(ProcessInfo.processInfo.processIdentifier).mp4"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let plan = try await edit(size, VideoSettings()).plan()
            let start = ContinuousClock.now
            benchmark.startMeasurement()
            _ = try await Renderer().render(plan, to: path).result
            benchmark.stopMeasurement()
            benchmark.measurement(framesPerSecond, Int(Double(frames) / ((ContinuousClock.now - start) / .seconds(1))))
        }
    }
}
