// SPDX-License-Identifier: Apache-2.0

internal import Libav

extension Edit {
    /// Lays out what the edit shows, and looks whether its texts can be read, without rendering it.
    ///
    /// With a `platform`, texts outside of its safe area are found. `contrast` also looks at what lies behind texts, for
    /// which a picture is composed for each of at most 60 of them. Paths in the edit are relative to `folder`. Throws
    /// ``ComposeError`` with every problem of an edit that cannot be rendered. The work runs on its own thread.
    public func inspection(
        in folder: String = ".", platform: SafeArea? = nil, contrast: Bool = true, decoding: MediaDecoding = .inProcess
    ) async throws(ComposeError) -> Inspection {
        try await onOwnThread("compose.inspect") { () throws(ComposeError) in
            let plan = try makePlan(in: folder, decoding: decoding)
            return try Inspector(plan, platform: platform).inspection(contrast: contrast)
        }
    }
}

/// The inspection of a plan.
struct Inspector {
    private let plan: Plan
    private let platform: SafeArea?
    /// The frames in which each source is seen, and how it is drawn first.
    private var uses: [Int: (frames: Range<Int>, draw: Draw)] = [:]

    init(_ plan: Plan, platform: SafeArea?) {
        self.plan = plan
        self.platform = platform
        for span in plan.spans {
            for draw in span.composition.draws {
                let known = uses[draw.source]
                let start = min(known?.frames.lowerBound ?? .max, span.frames.lowerBound)
                let end = max(known?.frames.upperBound ?? 0, span.frames.upperBound)
                uses[draw.source] = (start..<end, known?.draw ?? draw)
            }
        }
    }

    func inspection(contrast: Bool) throws(ComposeError) -> Inspection {
        var found = Inspection(width: plan.size.width, height: plan.size.height, layers: [], findings: [])
        #if Text
            var inspector = TextInspector(plan, platform: platform)
        #endif
        for index in plan.sources.indices {
            guard let use = uses[index] else { continue }
            let source = plan.sources[index]
            let path = plan.sourcePaths[index].replacingSuffix(".src")
            let kind = if case .string(let kind) = source.source.json["kind"] { kind } else { "colour" }
            var layer = Inspection.Layer(
                path: path, kind: kind, start: seconds(use.frames.lowerBound), end: seconds(use.frames.upperBound),
                box: Inspection.Box(use.draw.clip), texts: [])
            #if Text
                if let text = source.source as? any InspectedText {
                    layer.texts = try inspector.texts(
                        of: text, index, start: source.start, use.frames, use.draw, path, contrast: contrast)
                }
            #endif
            found.layers.append(layer)
        }
        #if Text
            found.findings = inspector.findings
        #endif
        return found
    }

    private func seconds(_ frame: Int) -> Double {
        Double(frame) * Double(plan.frameRate.denominator) / Double(plan.frameRate.numerator)
    }
}

extension Inspection.Box {
    init(_ rectangle: Rectangle) {
        self.init(x: rectangle.left, y: rectangle.top, width: rectangle.width, height: rectangle.height)
    }
}

extension String {
    /// The text without an ending.
    fileprivate func replacingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
