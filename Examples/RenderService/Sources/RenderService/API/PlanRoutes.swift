// SPDX-License-Identifier: Apache-2.0

import Compose
import Encoders
import Foundation
import Hummingbird

/// The routes that check and estimate edits without rendering them, and list the encoders.
struct PlanRoutes: Sendable {
    let workplace: Workplace
    let desk: RequestDesk
    private let list = EncoderList()

    init(workplace: Workplace, desk: RequestDesk) {
        self.workplace = workplace
        self.desk = desk
    }

    func add(to router: some RouterMethods<ServiceContext>) {
        router.post("/validate") { try await validate($0, $1) }
        router.post("/estimate") { try await estimate($0, $1) }
        router.get("/encoders") { _, _ in try await encoders() }
    }

    private struct Validity: Encodable {
        struct Item: Encodable {
            let path: String
            let message: String
        }
        let valid: Bool
        let problems: [Item]

        init(_ problems: [Problem]) {
            valid = problems.isEmpty
            self.problems = problems.map { Item(path: $0.path, message: $0.message) }
        }
    }

    private func validate(_ request: Request, _ context: ServiceContext) async throws -> Response {
        do {
            let wanted = try await desk.read(request)
            _ = try await plan(wanted, context)
            return try .json(Validity([]))
        } catch let error as ComposeProblems {
            return try .json(Validity(error.problems))
        } catch let error as ComposeError where error.code == .invalidEdit || error.code == .unreadableMedia {
            return try .json(Validity(error.problems))
        }
    }

    private struct Estimated: Encodable {
        let frames: Int
        let duration: Double
        let segments: Int
        let cpuSeconds: Double
        let memoryBytes: Int
        let outputBytes: Int
        let encoder: String

        init(_ plan: Plan) {
            let estimate = plan.estimate()
            frames = estimate.frames
            duration = estimate.duration
            segments = estimate.segments
            cpuSeconds = estimate.cpuSeconds
            memoryBytes = estimate.memoryBytes
            outputBytes = estimate.outputBytes
            encoder = plan.output.video.encoder.rawValue
        }
    }

    private func estimate(_ request: Request, _ context: ServiceContext) async throws -> Response {
        try .json(Estimated(try await plan(try await desk.read(request), context)))
    }

    private func plan(_ wanted: RenderRequest, _ context: ServiceContext) async throws -> Plan {
        let inputs = JobInputs(try await desk.followed(wanted.fields, of: context.caller))
        try await desk.check(wanted.edit, of: context.caller, with: inputs)
        return try await workplace.withFolder(for: "plan") { folder in
            try await workplace.plan(wanted.edit, of: context.caller, with: inputs, in: folder).plan
        }
    }

    private struct Encoder: Encodable {
        let name: String
        let codec: String
        let device: String?
        let available: Bool
        let reason: String?
    }

    private func encoders() async throws -> Response {
        struct List: Encodable { let encoders: [Encoder] }
        let statuses = try await list.statuses
        return try .json(
            List(
                encoders: statuses.map {
                    Encoder(
                        name: $0.backend.rawValue, codec: $0.codec.rawValue, device: $0.device, available: $0.isUsable,
                        reason: $0.reason?.description)
                }))
    }
}
