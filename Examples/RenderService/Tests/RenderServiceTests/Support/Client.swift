// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A response of the service.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: Data

    /// The body as JSON.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
    }
    var text: String { String(decoding: body, as: UTF8.self) }

    /// Returns the value at a path such as `error.code`.
    subscript(path: String) -> Any? {
        path.split(separator: ".").reduce(json as Any?) { value, name in
            if let index = Int(name), let list = value as? [Any] {
                return list.indices.contains(index) ? list[index] : nil
            }
            return (value as? [String: Any])?[String(name)]
        }
    }

    func string(_ path: String) -> String { self[path] as? String ?? "" }
    func number(_ path: String) -> Double { (self[path] as? NSNumber)?.doubleValue ?? .nan }
}

/// A client that uses the service as any other client would.
struct Client: Sendable {
    /// The service, which runs for as long as a client refers to it.
    private let service: ServiceProcess
    var headers: [String: String] = [:]
    private var url: URL { service.url }

    init(_ service: ServiceProcess, key: String? = nil) {
        self.service = service
        if let key { headers["Authorization"] = "Bearer \(key)" }
    }

    @discardableResult
    func send(
        _ method: String, _ path: String, _ body: Data? = nil, headers more: [String: String] = [:]
    ) async throws -> Answer {
        guard let address = URL(string: path, relativeTo: url) else {
            throw ServiceProcess.Failure(description: "\(path) is no path")
        }
        var request = URLRequest(url: address, timeoutInterval: 60)
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers.merging(more, uniquingKeysWith: { $1 }) {
            request.setValue(value, forHTTPHeaderField: name)
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let http = response as? HTTPURLResponse else {
            throw ServiceProcess.Failure(description: "no answer in HTTP")
        }
        var fields: [String: String] = [:]
        for (name, value) in http.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
        return Answer(status: http.statusCode, headers: fields, body: data)
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers: headers)
    }

    @discardableResult
    func upload(_ name: String, as other: String? = nil) async throws -> Answer {
        try await send("PUT", "media/\(other ?? name)", try Samples.data(name))
    }

    /// Submits a job and returns the response.
    func ask(_ body: [String: Any], at path: String = "render") async throws -> Answer {
        try await send("POST", path, try JSONSerialization.data(withJSONObject: body))
    }

    /// Submits a job, requires that it is accepted, and returns its identifier.
    func submit(_ body: [String: Any], at path: String = "render") async throws -> String {
        let answer = try await ask(body, at: path)
        guard answer.status == 202 else { throw ServiceProcess.Failure(description: answer.text) }
        return answer.string("id")
    }

    func status(_ id: String) async throws -> Answer { try await get("job/\(id)/status") }

    /// Waits until a job has one of the given states.
    func wait(
        for id: String, until states: Set<String> = ["completed", "failed", "cancelled"], seconds: Double = 90
    ) async throws -> Answer {
        try await wait(for: id, seconds: seconds) { states.contains($0.string("state")) }
    }

    /// Waits until a condition on a job is true; services may stop and start in the meantime.
    func wait(for id: String, seconds: Double = 90, until isTrue: (Answer) -> Bool) async throws -> Answer {
        let end = ContinuousClock.now + .seconds(seconds)
        var last = "no answer"
        while .now < end {
            if let answer = try? await status(id) {
                if isTrue(answer) { return answer }
                last = answer.text
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ServiceProcess.Failure(description: "it did not happen in \(seconds) s: \(last)")
    }
}

/// The sample media of the repository.
enum Samples {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Media")

    static func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }

    /// Returns a small slideshow that takes a moment to render, with slowly moving photos and music.
    static func slideshow(seconds: Double = 1, photos: Int = 2, audio: Bool = true) -> [String: Any] {
        var body: [String: Any] = [
            "images": (1...photos).map { "photo\($0).jpg" }, "durationPerImage": seconds, "size": "320x180",
            "motion": "alternate", "transition": "none",
        ]
        if audio { body["audio"] = "music.m4a" }
        return body
    }

    /// Returns an edit with a single colour, which renders immediately.
    static func color(seconds: Double = 0.2, _ color: String = "#3060a0") -> [String: Any] {
        [
            "version": 1,
            "timeline": [
                "size": ["width": 64, "height": 64],
                "tracks": [["clips": [["type": "color", "color": color, "duration": seconds]]]],
            ],
        ]
    }

    /// Uploads the media of a slideshow.
    static func upload(to client: Client, photos: Int = 2) async throws {
        for number in 1...photos { try await client.upload("photo\(number).jpg") }
        try await client.upload("music.m4a")
    }
}
