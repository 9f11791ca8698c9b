// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocations
@_spi(Benchmarks) import Compose
import Foundation

/// Reading and planning edits of ten to ten thousand clips, every third cut a fade.
func planning() throws {
    func edit(_ clips: Int) -> Edit {
        Edit(size: .vertical1080, frameRate: 30) {
            Track {
                for index in 0..<clips {
                    if index > 0, index.isMultiple(of: 3) { Transition(.fade, .milliseconds(500)) }
                    ImageClip(photo(index), duration: .seconds(2)).motion(.zoom(to: 1.2))
                }
            }
        }
    }
    let counted = configuration([.wallClock], seconds: 2, times: 50)
    for clips in [10, 100, 1000, 10_000] {
        Benchmark("plan.\(clips)-clips", configuration: counted) { benchmark in
            let edit = edit(clips)
            benchmark.startMeasurement()
            let before = allocations_so_far()
            blackHole(try await edit.plan())
            benchmark.stopMeasurement()
            benchmark.measurement(allocations, allocations_so_far() - before)
        }
        Benchmark("read-json.\(clips)-clips", configuration: counted) { benchmark in
            let document = try JSONEncoder().encode(edit(clips))
            benchmark.startMeasurement()
            let before = allocations_so_far()
            blackHole(try JSONDecoder().decode(Edit.self, from: document))
            benchmark.stopMeasurement()
            benchmark.measurement(allocations, allocations_so_far() - before)
        }
    }
}
