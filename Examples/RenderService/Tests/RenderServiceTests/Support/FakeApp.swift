// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Compose
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import Synchronization

/// A program of two addresses that renders, as its contract in OPERATIONS.md has it, and knows nothing else.
final class FakeApp: Sendable {
    /// What is wrong with a program.
    enum Fault: Sendable, Equatable {
        case none
        /// The first submissions get these answers.
        case answers([Int])
        /// It fails every render, with a code and whether another attempt may help.
        case fails(String, retry: Bool)
        /// It says that it is done, but has stored these bytes or nothing.
        case stores(Data?)
        /// It says another size than it has stored.
        case liesAboutSize
        /// It never ends.
        case neverEnds
        /// Its status gets this answer.
        case status(Int, String)
    }

    private struct Call {
        var status = "queued"
        var progress = 0.0
        var result: [String: Double] = [:]
        var error = ""
    }
    /// The addresses have nothing in common.
    private let submissions: Receiver
    private let statuses: Receiver
    private let state: State

    private final class State: Sendable {
        let calls = Mutex<[String: Call]>([:])
    }

    var environment: [String: String] {
        ["MODAL_SUBMIT_URL": submissions.url + "/go?v=1", "MODAL_STATUS_URL": statuses.url + "/how/is/it?v=2"]
    }
    var submitted: [Receiver.Received] { submissions.requests }
    var asked: [Receiver.Received] { statuses.requests }

    init(_ fault: Fault = .none, token: String? = nil) async throws {
        let state = State()
        self.state = state
        submissions = try await Receiver { request, number in
            guard request.path == "/go", request.query == "v=1", request.method == "POST" else {
                return .init(status: 404)
            }
            guard token == nil || request.headers["authorization"] == "Bearer \(token ?? "")" else {
                return .init(status: 401)
            }
            if case .answers(let answers) = fault, answers.indices.contains(number) {
                return .init(
                    status: answers[number], headers: ["Location": "/elsewhere"],
                    body: Data(#"{"error":{"code":"refused","message":"not today"}}"#.utf8))
            }
            let call = "call +/\(number)"
            state.calls.withLock { $0[call] = Call() }
            let body = request.body
            Task { await Self.render(body, fault, call, state) }
            let id = request.json["id"] as? String ?? ""
            return .init(status: 202, body: Data(#"{"id":"\#(id)","callId":"\#(call)","status":"queued"}"#.utf8))
        }
        statuses = try await Receiver { request, _ in
            guard request.path == "/how/is/it", request.query.hasPrefix("v=2&id=") else { return .init(status: 404) }
            guard token == nil || request.headers["authorization"] == "Bearer \(token ?? "")" else {
                return .init(status: 401)
            }
            if case .status(let code, let body) = fault { return .init(status: code, body: Data(body.utf8)) }
            let name = request.query.dropFirst("v=2&id=".count).removingPercentEncoding ?? ""
            guard let call = state.calls.withLock({ $0[name] }) else { return .init(status: 404) }
            var json = #"{"id":"x","status":"\#(call.status)","progress":\#(call.progress)"#
            if call.status == "completed" {
                json += #","result":{"seconds":1.5,"bytes":\#(Int(call.result["bytes"] ?? 0)),"encoder":"nvenc"}"#
            }
            if call.status == "failed" { json += #","error":\#(call.error)"# }
            return .init(body: Data((json + "}").utf8))
        }
    }

    private static func render(_ body: Data, _ fault: Fault, _ name: String, _ state: State) async {
        func change(_ change: (inout Call) -> Void) {
            state.calls.withLock { calls in change(&calls[name, default: .init()]) }
        }
        change {
            $0.status = "running"
            $0.progress = 0.5
        }
        do {
            let bytes: Data
            switch fault {
            case .neverEnds: return
            case .fails(let code, let retry):
                change {
                    $0.status = "failed"
                    $0.error = #"{"code":"\#(code)","message":"it broke","retry":\#(retry)}"#
                }
                return
            case .stores(let data):
                if let data { try await put(data, body) }
                bytes = data ?? Data(count: 1000)
            default:
                bytes = try await made(body)
                try await put(bytes, body)
            }
            change {
                $0.status = "completed"
                $0.result["bytes"] = Double(bytes.count) + (fault == .liesAboutSize ? 1 : 0)
            }
        } catch {
            change {
                $0.status = "failed"
                $0.error =
                    #"{"code":"internal","message":"\#(String(describing: error).filter { $0 != "\"" })","retry":true}"#
            }
        }
    }

    /// Renders the edit with what is at the addresses of its inputs.
    private static func made(_ body: Data) async throws -> Data {
        guard let json = try JSONSerialization.jsonObject(with: body) as? [String: Any], let edit = json["edit"],
            let inputs = json["inputs"] as? [[String: String]]
        else { throw ServiceProcess.Failure(description: "no submission") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("app-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for input in inputs {
            let answer = try await send(.GET, input["url"] ?? "", nil)
            try answer.write(to: folder.appendingPathComponent(input["src"] ?? ""))
        }
        let document = try JSONSerialization.data(withJSONObject: edit)
        let output = folder.appendingPathComponent("out.mp4")
        let plan = try await Edit(json: document).plan(in: folder.path, for: output.path)
        _ = try await Renderer().render(plan, to: output.path).result
        return try Data(contentsOf: output)
    }

    private static func put(_ bytes: Data, _ body: Data) async throws {
        let json = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        let output = json?["output"] as? [String: String]
        _ = try await send(.PUT, output?["url"] ?? "", bytes, type: output?["contentType"])
    }

    private static func send(_ method: HTTPMethod, _ url: String, _ body: Data?, type: String? = nil) async throws
        -> Data
    {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let type { request.headers.add(name: "content-type", value: type) }
        if let body { request.body = .bytes(ByteBuffer(data: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        guard response.status == .ok else { throw ServiceProcess.Failure(description: "\(response.status)") }
        return Data(buffer: try await response.body.collect(upTo: 1 << 28))
    }
}
