// SPDX-License-Identifier: Apache-2.0

/// A range of a plan's frames that is encoded independently and begins with a key frame.
///
/// It is the unit of parallel work, of reuse by later renders, and of distribution to other machines.
public struct Segment: Sendable, Hashable {
    /// The index in ``Plan/segments``.
    public let index: Int
    /// The output frames it contains.
    public let frames: Range<Int>
}

extension Plan {
    /// The video's segments in order; only one if the output cannot be joined from several.
    public var segments: [Segment] {
        segmentFrames.enumerated().map { Segment(index: $0.offset, frames: $0.element) }
    }

    /// Returns a segment's frames as a plan of their own, numbered from 0 and without sound.
    ///
    /// The plan does not depend on the segment's place in the timeline, except for whether it is the end, so equal
    /// parts of different edits are equal.
    func part(_ segment: Segment) -> Plan {
        var numbers: [Int: Int] = [:]
        var used: [Int] = []
        func number(_ source: Int) -> Int {
            if let number = numbers[source] { return number }
            numbers[source] = used.count
            used.append(source)
            return used.count - 1
        }
        let start = segment.frames.lowerBound
        var parts: [Span] = []
        for span in spans[spanIndices(of: segment.frames)] {
            let frames = span.frames.clamped(to: segment.frames)
            parts.append(
                Span(
                    frames: frames.lowerBound - start..<frames.upperBound - start,
                    composition: span.composition.moved(by: -start, source: number)))
        }
        var output = output
        output.tags = [:]
        output.chapters = []
        output.captions = []
        let moved = used.map { sources[$0].part(segment.frames).moved(by: -start) }
        let opened = Set(used.flatMap { sources[$0].files })
        return Plan(
            size: size, frameRate: frameRate, frameCount: segment.frames.count, output: output, folder: folder,
            files: files.filter { opened.contains($0.reference.src) }, backgroundAlpha: backgroundAlpha,
            sources: moved, sourcePaths: used.map { sourcePaths[$0] }, spans: parts.map(Passes(sources: moved).held),
            audio: AudioPlan(buses: [], sampleCount: 0), segmentFrames: [0..<segment.frames.count],
            encoderThreads: encoderThreads, isEnd: isEnd && segment.frames.upperBound == frameCount, origin: nil,
            decoding: decoding)
    }

    /// Returns the indices of the spans that contain frames of a range.
    func spanIndices(of frames: Range<Int>) -> Range<Int> {
        func first(where isPast: (Span) -> Bool) -> Int {
            var (low, high) = (0, spans.count)
            while low < high {
                let middle = (low + high) / 2
                if isPast(spans[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        return first { $0.frames.upperBound > frames.lowerBound }..<first { $0.frames.lowerBound >= frames.upperBound }
    }
}

extension Composition {
    /// Returns the composition shifted by `offset` frames, with renumbered sources.
    fileprivate func moved(by offset: Int, source: (Int) -> Int) -> Composition {
        switch self {
        case .canvas, .clear, .below: self
        case .effect(let inner, let effect):
            .effect(inner.moved(by: offset, source: source), effect.moved(by: offset))
        case .lifted(let inner, let base):
            .lifted(inner.moved(by: offset, source: source), over: base.moved(by: offset, source: source))
        case .held(let inner): inner.moved(by: offset, source: source)
        case .full(let draw): .full(draw.moved(by: offset, source: source))
        case .over(let base, let draws):
            .over(
                base.moved(by: offset, source: source), draws.map { $0.moved(by: offset, source: source) })
        case .merge(let from, let to, let mask):
            .merge(
                from: from.moved(by: offset, source: source), to: to.moved(by: offset, source: source),
                mask.moved(by: offset, source: source))
        case .shared(let inner, let outer):
            .shared(inner.moved(by: offset, source: source), in: outer.moved(by: offset, source: source))
        }
    }
}

extension Draw {
    fileprivate func moved(by offset: Int, source number: (Int) -> Int) -> Draw {
        changed(self) { draw in
            draw.source = number(source)
            draw.opacity = opacity.moved(by: offset)
            draw.shiftX = shiftX.moved(by: offset)
            draw.shiftY = shiftY.moved(by: offset)
            draw.tint?.amount = tint?.amount.moved(by: offset) ?? .constant(0)
            draw.reveals = reveals.map { reveal in changed(reveal) { $0.amount = reveal.amount.moved(by: offset) } }
            draw.look = look.map { look in
                let moved = look.value.changingCurves {
                    $0.moved(by: offset)
                } colors: {
                    $0.moved(by: offset)
                }
                return Indirect(
                    changed(moved) {
                        guard let picture = moved.mask?.picture else { return }
                        $0.mask?.picture?.source = number(picture.source)
                        $0.mask?.picture?.frames = picture.frames.moved(by: offset)
                    })
            }
            if case .moving(let path) = view {
                draw.view = .moving(path.moved(by: offset))
            }
        }
    }
}

extension Mask {
    fileprivate func moved(by offset: Int, source: (Int) -> Int) -> Mask {
        changed(self) { mask in
            if case .file(let index) = map { mask.map = .file(source(index)) }
            mask.amount = amount.moved(by: offset)
        }
    }
}

extension CanvasEffect {
    fileprivate func moved(by offset: Int) -> CanvasEffect {
        let moved = mapped { $0.moved(by: offset) }
        if case .glitch(let curve, let start) = moved { return .glitch(curve, start: start + offset) }
        return moved
    }
}
