// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Synchronization

/// A metrics backend that keeps values in memory and writes Prometheus' text format.
///
/// Recorders and timers are histograms in seconds. The type is thread-safe.
final class PrometheusMetrics: MetricsFactory {
    /// The only instance of the process, since swift-metrics can be bootstrapped only once.
    static let shared: PrometheusMetrics = {
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }()

    private struct Name: Hashable, Comparable {
        let label: String
        let dimensions: String

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            let pairs = dimensions.map { name, value in "\(name)=\"\(Self.escaped(value))\"" }
            self.dimensions = pairs.joined(separator: ",")
        }

        static func < (a: Name, b: Name) -> Bool { (a.label, a.dimensions) < (b.label, b.dimensions) }

        private static func escaped(_ value: String) -> String {
            value.reduce(into: "") { text, character in
                switch character {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.append(character)
                }
            }
        }
    }

    fileprivate enum Value {
        case counter(Double)
        case gauge(Double)
        case histogram(Histogram)
    }

    fileprivate struct Histogram {
        static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
        var counts = [Int](repeating: 0, count: bounds.count)
        var count = 0
        var sum = 0.0

        mutating func add(_ value: Double) {
            if let index = Self.bounds.firstIndex(where: { value <= $0 }) { counts[index] += 1 }
            count += 1
            sum += value
        }
    }

    private let values = Mutex<[Name: Value]>([:])

    private func change(_ name: Name, _ initial: Value, _ change: (inout Value) -> Void) {
        values.withLock { change(&$0[name, default: initial]) }
    }

    /// All metrics in Prometheus' text format, version 0.0.4.
    var text: String {
        let values = values.withLock { $0 }
        var lines: [String] = []
        var last = ""
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            func line(_ label: String, _ extra: String, _ number: Double) {
                let inner = [name.dimensions, extra].filter { !$0.isEmpty }.joined(separator: ",")
                let text = number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
                lines.append(label + (inner.isEmpty ? "" : "{\(inner)}") + " " + text)
            }
            func type(_ type: String) {
                if name.label != last { lines.append("# TYPE \(name.label) \(type)") }
                last = name.label
            }
            switch value {
            case .counter(let number):
                type("counter")
                line(name.label, "", number)
            case .gauge(let number):
                type("gauge")
                line(name.label, "", number)
            case .histogram(let histogram):
                type("histogram")
                var total = 0
                for (bound, count) in zip(Histogram.bounds, histogram.counts) {
                    total += count
                    line(name.label + "_bucket", "le=\"\(bound)\"", Double(total))
                }
                line(name.label + "_bucket", "le=\"+Inf\"", Double(histogram.count))
                line(name.label + "_sum", "", histogram.sum)
                line(name.label + "_count", "", Double(histogram.count))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Handler(metrics: self, name: Name(label, dimensions))
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        Handler(metrics: self, name: Name(label, dimensions), isGauge: !aggregate)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Handler(metrics: self, name: Name(label, dimensions))
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
        let metrics: PrometheusMetrics
        let name: Name
        let isGauge: Bool

        init(metrics: PrometheusMetrics, name: Name, isGauge: Bool = false) {
            self.metrics = metrics
            self.name = name
            self.isGauge = isGauge
        }

        func increment(by amount: Int64) {
            metrics.change(name, .counter(0)) {
                if case .counter(let value) = $0 { $0 = .counter(value + Double(amount)) }
            }
        }

        func reset() { metrics.change(name, .counter(0)) { $0 = .counter(0) } }

        func record(_ value: Int64) { record(Double(value)) }

        func record(_ value: Double) {
            if isGauge { return metrics.change(name, .gauge(0)) { $0 = .gauge(value) } }
            metrics.change(name, .histogram(Histogram())) {
                if case .histogram(var histogram) = $0 {
                    histogram.add(value)
                    $0 = .histogram(histogram)
                }
            }
        }

        func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    }
}
