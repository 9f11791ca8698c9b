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
    /// What is drawn, in the order of the sources, with the frames in which it is seen; several clips may show the same.
    private var uses: [Use] = []

    private struct Use {
        let draw: Draw
        let path: String
        var frames: Range<Int>
    }

    private struct Place: Hashable {
        let source: Int
        let view: View
        let path: String
    }

    init(_ plan: Plan, platform: SafeArea?) {
        self.plan = plan
        self.platform = platform
        let clips = ClipDraws(plan)
        var places: [Place: Int] = [:]
        for span in plan.spans {
            for draw in span.composition.draws {
                let path = clips.path(of: draw, at: span.frames.lowerBound)
                let place = Place(source: draw.source, view: draw.view, path: path)
                if let known = places[place] {
                    let frames = uses[known].frames
                    uses[known].frames =
                        min(frames.lowerBound, span.frames.lowerBound)..<max(frames.upperBound, span.frames.upperBound)
                } else {
                    places[place] = uses.count
                    uses.append(Use(draw: draw, path: path, frames: span.frames))
                }
            }
        }
        uses.sort { ($0.draw.source, $0.frames.lowerBound) < ($1.draw.source, $1.frames.lowerBound) }
    }

    func inspection(contrast: Bool) throws(ComposeError) -> Inspection {
        var found = Inspection(width: plan.size.width, height: plan.size.height, layers: [], findings: [])
        #if Text
            var inspector = TextInspector(plan, platform: platform)
        #endif
        for use in uses {
            let index = use.draw.source
            let source = plan.sources[index]
            let kind = if case .string(let kind) = source.source.json["kind"] { kind } else { "colour" }
            var layer = Inspection.Layer(
                path: use.path, kind: kind, start: seconds(use.frames.lowerBound), end: seconds(use.frames.upperBound),
                box: Inspection.Box(use.draw.clip), texts: [])
            #if Text
                if let text = source.source as? any InspectedText {
                    layer.texts = try inspector.texts(
                        of: text, start: source.start, use.frames, use.draw, use.path, contrast: contrast)
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
