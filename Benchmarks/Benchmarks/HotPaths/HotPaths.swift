// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocations
@_spi(Benchmarks) import Compose
import Foundation

/// How often memory was asked for, for one run of the work.
///
/// Counted, so that it may have a threshold; times may not.
let allocations = BenchmarkMetric.custom("Allocations")

/// With `COUNTED` in the environment only what is counted is measured: that is what thresholds are checked in for.
let countedOnly = ProcessInfo.processInfo.environment["COUNTED"] != nil

/// How a benchmark runs: what it measures, and how long.
///
/// `allocates` is whether it asks for memory at all.
func configuration(
    _ timed: [BenchmarkMetric], counted: Bool = true, allocates: Bool = true, warmups: Int = 1, seconds: Int, times: Int
) -> Benchmark.Configuration {
    Benchmark.Configuration(
        metrics: (countedOnly ? [] : timed) + (counted ? [allocations] : []), warmupIterations: warmups,
        maxDuration: .seconds(countedOnly ? 1 : seconds), maxIterations: countedOnly ? 2 : times,
        // A table that grows a little earlier or later is no news; anything more than nothing is, which has no percentage.
        thresholds: [
            allocations: allocates
                ? BenchmarkThresholds(relative: [.p90: 25]) : BenchmarkThresholds(absolute: [.p90: 1])
        ])
}

let benchmarks: @Sendable () -> Void = {
    do {
        composing()
        try kernels()
        try planning()
        try texts()
        if !countedOnly { try encoding() }
    } catch {
        fatalError("the benchmarks cannot be set up: \(error)")
    }
}

/// The repository's own sample media.
let media = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Examples/Media").standardized.path

/// A benchmark's name as a file may have it too.
func named(_ group: String, _ name: String) -> String {
    group + "." + name.replacing(", ", with: "-").replacing(" ", with: "-")
}

func photo(_ index: Int) -> String { media + "/photo\(index % 6 + 1).jpg" }

let framesPerSecond = BenchmarkMetric.custom("Frames / s", polarity: .prefersLarger, useScalingFactor: false)
let megapixelsPerSecond = BenchmarkMetric.custom("Megapixels / s", polarity: .prefersLarger, useScalingFactor: false)

/// Measures work that makes `amount` of something: how much of it a second, and how often memory was asked for in each of
/// `parts` equal parts (as many as the amount unless said otherwise).
func measure(
    _ benchmark: Benchmark, _ amount: Int, per metric: BenchmarkMetric, each parts: Int? = nil,
    _ work: () throws -> Void
) rethrows {
    let (start, before) = (ContinuousClock.now, allocations_so_far())
    benchmark.startMeasurement()
    try work()
    benchmark.stopMeasurement()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    benchmark.measurement(metric, Int(Double(amount) / seconds))
    benchmark.measurement(allocations, (allocations_so_far() - before) / (parts ?? amount))
}
