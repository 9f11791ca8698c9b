// SPDX-License-Identifier: Apache-2.0

import Benchmark
@_spi(Benchmarks) import Compose
import Foundation

/// Encoding frames that are in memory, on every encoder this machine has; and whole renders to a file.
func encoding() throws {
    let frames = 48
    let sizes: [(String, PixelSize)] = [("720p", .hd720), ("1080p", .hd1080), ("2160p", .uhd)]
    func edit(_ size: PixelSize, _ settings: VideoSettings) -> Edit {
        let format = Output.Format.allCases.first { settings.codec.map($0.holds) ?? true }
        return Edit(size: size, frameRate: 24, output: Output(format: format, video: settings)) {
            Track {
                ImageClip(photo(0), duration: .seconds(2)).motion(.pan(from: (0.3, 0.4), to: (0.7, 0.6), zoom: 1.3))
            }
        }
    }
    let once = configuration([framesPerSecond, .cpuTotal], counted: false, warmups: 0, seconds: 8, times: 3)
    for status in encoderStatuses() {
        let backend = status.backend
        let name =
            backend.rawValue + (status.device.map { "-" + $0.split(separator: "/").joined(separator: "-") } ?? "")
        guard status.isUsable else {
            print("encode.\(name).\(status.codec.rawValue) is left out: \(status.reason?.description ?? "")")
            continue
        }
        // The quick, the usual and the thorough where that changes what is done; else the usual alone.
        let speeds: [VideoSettings.Speed] =
            backend == .x264 || backend.isHardware ? [.ultrafast, .veryfast, .medium] : [.veryfast]
        for (sizeName, size) in sizes {
            for speed in speeds {
                let settings = VideoSettings(
                    codec: status.codec, encoder: VideoSettings.EncoderChoice(rawValue: backend.rawValue) ?? .software,
                    device: status.device, speed: speed)
                Benchmark("encode.\(name).\(status.codec.rawValue).\(speed.rawValue).\(sizeName)", configuration: once)
                {
                    benchmark in
                    let pictures = try Workbench.Pictures(try await edit(size, settings).plan())
                    try measure(benchmark, frames, per: framesPerSecond) { blackHole(try pictures.encode()) }
                }
            }
        }
    }
    for (name, size) in sizes {
        Benchmark("render.x264.veryfast.\(name)", configuration: once) { benchmark in
            let path = NSTemporaryDirectory() + "compose-benchmark-\(ProcessInfo.processInfo.processIdentifier).mp4"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let plan = try await edit(size, VideoSettings(encoder: .software)).plan()
            let start = ContinuousClock.now
            benchmark.startMeasurement()
            _ = try await Renderer().render(plan, to: path).result
            benchmark.stopMeasurement()
            benchmark.measurement(framesPerSecond, Int(Double(frames) / ((ContinuousClock.now - start) / .seconds(1))))
        }
    }
}
