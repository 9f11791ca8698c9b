// SPDX-License-Identifier: Apache-2.0

/// A timeline inside a timeline, as a source of pictures.
package struct GroupSource: PictureSource {
    /// What is composed; its frame 0 is the source's.
    let plan: Plan
    let hasAlpha: Bool

    init(_ plan: Plan) {
        self.plan = plan
        hasAlpha = plan.backgroundAlpha < 255 && !plan.spans.allSatisfy(\.composition.isOpaque)
    }

    package var inner: Plan? { plan }

    package var isStill: Bool { plan.spans.count == 1 && plan.spans[0].isHeld }

    package func isSteady(over frames: Range<Int>) -> Bool {
        if isStill || frames.count <= 1 { return true }
        let spans = plan.spanIndices(of: frames)
        return spans.count == 1 && plan.spans[spans.lowerBound].isHeld
    }

    package func changes(in frames: Range<Int>) -> [Int]? {
        let spans = plan.spans[plan.spanIndices(of: frames)]
        guard spans.allSatisfy(\.isHeld) else { return nil }
        return spans.dropFirst().map(\.frames.lowerBound)
    }

    package func blanks(in frames: Range<Int>) -> [Range<Int>] {
        guard plan.backgroundAlpha == 0 else { return [] }
        return plan.spans[plan.spanIndices(of: frames)].compactMap { span in
            guard case .canvas = span.composition else { return nil }
            return span.frames.clamped(to: frames)
        }
    }

    package func keyFrames(in frames: Range<Int>) -> [Int] {
        Set(plan.sources.flatMap { $0.keyFrames(in: frames) }).sorted()
    }

    package func part(_ frames: Range<Int>) -> (any PictureSource)? {
        let shown = frames.clamped(to: 0..<plan.frameCount)
        guard !isStill, !shown.isEmpty, shown.lowerBound == frames.lowerBound else { return nil }
        // A part has alpha if the whole has: its pictures stay of one kind.
        return GroupSource(plan: plan.part(Segment(index: 0, frames: shown)), hasAlpha: hasAlpha)
    }

    private init(plan: Plan, hasAlpha: Bool) {
        self.plan = plan
        self.hasAlpha = hasAlpha
    }

    package var bytes: Int {
        let canvas = plan.size.width * plan.size.height * 3 / 2
        return canvas * (hasAlpha ? 8 : 4) + plan.mostSourceBytes
    }

    package var cpuSecondsPerPicture: Double {
        plan.sources.reduce(0) { $0 + $1.source.cpuSecondsPerPicture }
            + Double(plan.size.width * plan.size.height) * 2e-9 * (hasAlpha ? 2 : 1)
    }

    package func mark(_ hash: inout StableHash) {
        hash.add(plan.frameCount)
        hash.add(plan.size.width)
        for source in plan.sources { source.source.mark(&hash) }
    }

    /// Adds what the plan inside does not say; its own values follow, with the identities of its files.
    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(9)
        bytes.add(hasAlpha)
    }

    package var description: String {
        let lines = plan.description.split(separator: "\n").dropFirst().map { "\n         " + $0 }
        return "group \(plan.size)\(hasAlpha ? ", alpha" : ""), \(fixed(Double(bytes) / 1e6, 1)) MB:" + lines.joined()
    }

    package var json: [String: JSONValue] {
        [
            "kind": .string("group"), "copy": plan.size.json, "hasAlpha": .flag(hasAlpha), "bytes": .int(bytes),
            "sources": .array(plan.sources.map(\.json)), "spans": .array(plan.spans.map(\.json)),
        ]
    }
}

extension Composition {
    /// Whether the background is nowhere seen.
    var isOpaque: Bool { isOpaque(over: false) }

    private func isOpaque(over below: Bool) -> Bool {
        switch self {
        case .canvas, .clear: false
        case .full: true
        case .below: below
        case .held(let inner), .effect(let inner, _): inner.isOpaque(over: below)
        case .lifted(_, let base): base.isOpaque(over: below)
        case .over(let base, _): base.isOpaque(over: below)
        case .merge(let from, let to, _): from.isOpaque(over: below) && to.isOpaque(over: below)
        case .shared(let inner, let outer): outer.isOpaque(over: inner.isOpaque(over: below))
        }
    }
}
