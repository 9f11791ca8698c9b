// SPDX-License-Identifier: Apache-2.0

import Benchmark
@_spi(Benchmarks) import Compose
import Foundation

/// Composing without encoding, 1080 × 1920, on one thread: one benchmark for each kind of span.
func composing() {
    func edit(@TrackBuilder _ tracks: () -> [Track]) -> Edit {
        Edit(size: .vertical1080, frameRate: 30, tracks: tracks)
    }
    func pair(_ transition: Transition?, moving: Bool) -> Edit {
        edit {
            Track {
                for index in 0..<2 {
                    let image = ImageClip(photo(index), duration: .seconds(10))
                    if index > 0, let transition { transition }
                    if moving { image.motion(.zoom(to: 1.2)) } else { image }
                }
            }
        }
    }
    let whole = 0..<300
    let middle = 10..<260  // inside a transition of nine seconds, which begins at second one
    let long = Duration.seconds(9)
    let cases: [(String, Edit, Range<Int>)] = [
        ("held still", pair(nil, moving: false), whole),
        ("moving still", pair(nil, moving: true), whole),
        ("fade of two stills", pair(Transition(.fade, long), moving: false), middle.shifted(by: 30)),
        ("fade of two moving stills", pair(Transition(.fade, long), moving: true), middle.shifted(by: 30)),
        ("wipe of two stills", pair(Transition(.wipe(.left), long), moving: false), middle.shifted(by: 30)),
        (
            "soft wipe of two moving stills",
            pair(Transition(.wipeCorner(.downRight), long, softness: 0.3), moving: true),
            middle.shifted(by: 30)
        ),
        ("blinds of two stills", pair(Transition(.blinds(.left), long), moving: false), middle.shifted(by: 30)),
        ("zoom of two stills", pair(Transition(.zoom(.in), long), moving: false), middle.shifted(by: 30)),
        ("zoom with blur of two stills", pair(Transition(.zoomBlur(.in), long), moving: false), middle.shifted(by: 30)),
        ("spin of two stills", pair(Transition(.spin(.right), long), moving: false), middle.shifted(by: 30)),
        ("whip of two stills", pair(Transition(.whip(.left), long), moving: false), middle.shifted(by: 30)),
        ("blur of two stills", pair(Transition(.blur, long), moving: false), middle.shifted(by: 30)),
        ("pixelate two stills", pair(Transition(.pixelate, long), moving: false), middle.shifted(by: 30)),
        ("glitch of two stills", pair(Transition(.glitch, long), moving: false), middle.shifted(by: 30)),
        ("slide of two stills", pair(Transition(.slide(.left), long), moving: false), middle.shifted(by: 30)),
        (
            "three overlays on a moving still",
            edit {
                Track { ImageClip(photo(0), duration: .seconds(10)).motion(.zoom(to: 1.2)) }
                for index in 1...3 {
                    Track {
                        ImageClip(photo(index), duration: .seconds(10))
                            .size(width: 300, height: 300).position(x: 400, y: .pixels(Double(400 * index))).opacity(
                                0.9)
                    }
                }
            }, whole
        ),
    ]
    for (name, edit, frames) in cases {
        Benchmark(
            named("compose", name),
            configuration: configuration(
                [framesPerSecond, .cpuTotal], allocates: name != "held still", seconds: 6, times: 5)
        ) { benchmark in
            let composing = try Workbench.Composing(try await edit.plan(), from: frames.lowerBound)
            try measure(benchmark, frames.count - 1, per: framesPerSecond) {
                try composing.compose(frames.dropFirst())
            }
        }
    }
}

extension Range where Bound == Int {
    fileprivate func shifted(by offset: Int) -> Self { lowerBound + offset..<upperBound + offset }
}

/// Each loop over pixels, at 1080p.
func kernels() throws {
    for index in try Workbench.kernels(width: 64, height: 64, photo: photo(0)).indices {
        let kernel = try Workbench.kernels(width: 64, height: 64, photo: photo(0))[index]
        Benchmark(
            named("kernel", kernel.name),
            configuration: configuration(
                [megapixelsPerSecond], allocates: kernel.allocates, seconds: 1, times: 100)
        ) { benchmark in
            let kernel = try Workbench.kernels(width: 1920, height: 1080, photo: photo(0))[index]
            try kernel.run()
            try measure(benchmark, 20 * kernel.pixels / 1_000_000, per: megapixelsPerSecond, each: 20) {
                for _ in 0..<20 { try kernel.run() }
            }
        }
    }
}
