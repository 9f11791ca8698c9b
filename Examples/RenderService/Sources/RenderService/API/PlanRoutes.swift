// SPDX-License-Identifier: Apache-2.0

import Compose
import Encoders
import Foundation
import Hummingbird

/// What can be said of an edit without rendering it, and of the encoders that would.
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
            _ = try await plan(wanted.edit, context)
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
    }

    private func estimate(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let plan = try await plan(try await desk.read(request).edit, context)
        let estimate = Estimate(plan)
        return try .json(
            Estimated(
                frames: plan.frameCount, duration: plan.seconds, segments: plan.segments.count,
                cpuSeconds: estimate.cpuSeconds, memoryBytes: estimate.memoryBytes, outputBytes: estimate.outputBytes,
                encoder: plan.output.video.encoder.rawValue))
    }

    private func plan(_ edit: Edit, _ context: ServiceContext) async throws -> Plan {
        try await desk.check(edit, of: context.caller)
        return try await workplace.withFolder(for: "plan") { folder in
            try await workplace.plan(edit, of: context.caller, in: folder).plan
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

/// What a render will cost, about: for who reserves credits before it starts.
///
/// CPU seconds by what composing and x264 took for moving photos at 1080p on an AMD EPYC, 0.05 a frame, in proportion to the pixels;
/// other formats by rough ratios to that. A picture that is held costs next to nothing. Bytes by twice what the sample photos took,
/// since photos of cameras have more in them. Expect any of it to be off by half.
struct Estimate {
    let cpuSeconds: Double
    let memoryBytes: Int
    let outputBytes: Int

    init(_ plan: Plan) {
        let scale = Double(plan.size.width * plan.size.height) / (1920 * 1080)
        let held = plan.foldedFrameCount
        let drawn = plan.frameCount - held
        let perFrame: Double =
            switch plan.output.video.codec {
            case .hevc: 0.15
            case .av1, .vp9: 0.12
            default: 0.05
            }
        cpuSeconds = (Double(drawn) * perFrame + Double(held) * 0.0005) * scale + plan.seconds * 0.05 + 0.3
        let atOnce = min(ProcessInfo.processInfo.activeProcessorCount, plan.segments.count)
        memoryBytes = plan.segmentMemory * atOnce + (60 << 20)
        outputBytes = Int((Double(drawn) * 10_000 + Double(held) * 40) * scale + plan.seconds * 24_000)
    }
}
