// SPDX-License-Identifier: Apache-2.0

import Metrics

/// The metrics of the service, with the names under which `/metrics` reports them.
enum Metric {
    static func jobs(_ state: String) -> Counter { Counter(label: "render_jobs_total", dimensions: [("state", state)]) }
    static func jobs(_ kind: String, _ state: String) -> Counter {
        Counter(label: "jobs_total", dimensions: [("kind", kind), ("state", state)])
    }
    static var renderSeconds: Recorder { Recorder(label: "render_seconds", aggregate: true) }
    static var frames: Counter { Counter(label: "render_frames_total") }
    static var queueWaiting: Gauge { Gauge(label: "render_queue_waiting") }
    static var queueClaimed: Gauge { Gauge(label: "render_queue_claimed") }
    static var storageErrors: Counter { Counter(label: "storage_errors_total") }
    static func callbacks(_ result: String) -> Counter {
        Counter(label: "callbacks_total", dimensions: [("result", result)])
    }
    static func remoteRenders(_ result: String) -> Counter {
        Counter(label: "remote_renders_total", dimensions: [("result", result)])
    }
    static func requests(_ method: String, _ status: Int) -> Counter {
        Counter(label: "http_requests_total", dimensions: [("method", method), ("status", String(status))])
    }
    static var requestSeconds: Recorder { Recorder(label: "http_request_seconds", aggregate: true) }
}
