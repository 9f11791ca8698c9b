// SPDX-License-Identifier: Apache-2.0

/// The curves of a clip's values over its frames.
struct ClipCurves {
    let frames: Range<Int>
    let rate: FrameRate
    let canvas: PixelSize
    let length: Duration

    init(_ frames: Range<Int>, _ rate: FrameRate, _ canvas: PixelSize) {
        self.frames = frames
        self.rate = rate
        self.canvas = canvas
        length = .seconds(frames.count * rate.denominator) / rate.numerator
    }

    func curve(_ animated: Animated<Double>) -> Curve {
        if case .constant(let value) = animated { return .constant(value) }
        return .keyframes(animated.resolved(over: length), start: frames.lowerBound, rate: rate)
    }

    func curve(_ animated: Animated<Color>) -> ColorCurve {
        if case .constant(let color) = animated { return .constant(color) }
        return .keyframes(animated.resolved(over: length), start: frames.lowerBound, rate: rate)
    }

    /// Returns the curve of a length in pixels, or percent of `whole`.
    func curve(_ animated: Animated<Length>, of whole: Double) -> Curve {
        curve(animated.map { $0.resolved(of: whole) })
    }

    /// Returns the ramps of an entrance from 0 to 1 and of an exit from 0 to 1; an exit is 1 after the last frame.
    func ramp(_ entrance: Entrance?, isExit: Bool) -> Ramp? {
        guard let entrance else { return nil }
        let clock = FrameClock(rate: rate)
        let count = min(max(clock.frame(atOrAfter: entrance.length), 1), frames.count)
        let delay = min(clock.frame(atOrAfter: entrance.delay), frames.count - count)
        let easing = entrance.easing ?? (isExit ? entrance.style.easings.exit : entrance.style.easings.enter)
        let start = isExit ? frames.upperBound - delay - count : frames.lowerBound + delay
        return Ramp(frames: start..<start + count, easing: easing)
    }

    /// Returns the canvas; with `slides` it extends a canvas beyond each edge.
    func canvasRectangle(slides: Bool) -> Rectangle {
        let whole = canvas.rectangle
        guard slides else { return whole }
        return Rectangle(left: -whole.right, top: -whole.bottom, right: 2 * whole.right, bottom: 2 * whole.bottom)
    }

    /// Whether curves are looked at in each frame; in very long clips, only in some.
    var isEachLookedAt: Bool { frames.count <= Self.mostSamples }

    /// Returns the frames at which curves are looked at: each, or one if none changes, but at most 20,000.
    func samples(of list: [Curve]) -> [Int] {
        if list.allSatisfy({ $0.isConstant(over: frames) }) { return [frames.lowerBound] }
        let step = max(1, frames.count / Self.mostSamples)
        let samples = Array(stride(from: frames.lowerBound, to: frames.upperBound, by: step))
        return step == 1 ? samples : samples + [frames.upperBound - 1]
    }

    private static let mostSamples = 20_000
}

extension PixelSize {
    /// The canvas of this size.
    var rectangle: Rectangle { Rectangle(left: 0, top: 0, right: Double(width), bottom: Double(height)) }
}
