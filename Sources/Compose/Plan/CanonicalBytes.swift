// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// A byte representation of values for hashing, equal for equal values on every machine and in every process.
package struct CanonicalBytes {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(2048) }

    mutating func add(_ value: UInt64) {
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }

    mutating func add(_ value: Int) { add(UInt64(bitPattern: Int64(value))) }
    mutating func add(_ value: Double) { add(value.bitPattern) }
    mutating func add(_ value: Bool) { bytes.append(value ? 1 : 0) }
    mutating func add(_ values: [UInt8]) {
        add(values.count)
        bytes += values
    }
    mutating func add(_ text: String) { add(Array(text.utf8)) }
    mutating func add(_ time: Duration) {
        add(Int(time.components.seconds))
        add(Int(time.components.attoseconds))
    }
    mutating func add(_ frames: Range<Int>) {
        add(frames.lowerBound)
        add(frames.upperBound)
    }
    mutating func add(_ size: PixelSize) {
        add(size.width)
        add(size.height)
    }
    mutating func add(_ color: YUVColor) {
        add(color.y)
        add(color.u)
        add(color.v)
    }
    mutating func add(_ rectangle: Rectangle) {
        for side in [rectangle.left, rectangle.top, rectangle.right, rectangle.bottom] { add(side) }
    }
    /// Adds the number of an enumeration's case.
    mutating func tag(_ value: UInt8) { bytes.append(value) }
}

extension CanonicalBytes {
    /// Adds everything that determines a plan's pictures, but not how they are encoded.
    ///
    /// `identity` returns the bytes that identify a source's contents. File names are left out, because moving a file
    /// does not change it.
    mutating func add(
        _ plan: Plan, identity: (_ plan: Plan, _ source: Int) throws(ComposeError) -> [UInt8]
    ) throws(ComposeError) {
        add(plan.size)
        add(plan.frameRate.numerator)
        add(plan.frameRate.denominator)
        add(plan.frameCount)
        if plan.output.video.frameRate == .variable { add(plan.isEnd) }
        add(plan.backgroundAlpha)
        add(plan.output.hasAlpha)
        add(plan.sources.count)
        for (index, source) in plan.sources.enumerated() {
            source.source.add(
                to: &self, contents: source.source.fileFingerprint == nil ? [] : try identity(plan, index))
            if let inner = source.source.inner { try add(inner, identity: identity) }
            if !source.source.isStill { add(source.start) }
        }
        add(plan.spans.count)
        for span in plan.spans {
            add(span.frames)
            add(span.composition)
        }
    }

    /// Adds everything that determines a sound, except for its file's contents.
    mutating func add(_ sound: PlannedSound) {
        add(sound.samples)
        for number in [
            sound.anchor, sound.fileLength, sound.sourceStart, sound.sourceCount ?? -1, sound.loopCrossfade,
            sound.fadeIn,
            sound.fadeOut, sound.crossIn, sound.crossOut, sound.cutIn, sound.cutOut,
        ] { add(number) }
        for flag in [sound.keepsTime, sound.loop, sound.keepsPitch] { add(flag) }
        add(sound.speed.speed)
        add(sound.volume)
        add(sound.pan)
        add(sound.fadeCurve.rawValue)
        add(sound.effects)
        add(sound.duck)
    }

    /// Adds effects.
    mutating func add(_ effects: [SoundEffect]) {
        add(effects.count)
        for effect in effects {
            add(effect.filter.name)
            for option in effect.filter.options {
                add(option.name)
                add(option.value)
            }
        }
    }

    /// Adds a duck, or that there is none.
    mutating func add(_ duck: PlannedDuck?) {
        tag(duck == nil ? 0 : 1)
        guard let duck else { return }
        for number in [duck.bus, duck.attack, duck.release, duck.hold, duck.lookAhead] { add(number) }
        add(duck.by)
        add(duck.threshold)
    }

    mutating func add(_ crossfade: AudioPlan.Crossfade?) {
        tag(crossfade == nil ? 0 : 1)
        guard let crossfade else { return }
        add(crossfade.samples)
        add(crossfade.crossIn)
        add(crossfade.crossOut)
    }

    private mutating func add(_ composition: Composition) {
        switch composition {
        case .canvas(let color):
            tag(0)
            add(color)
        case .full(let draw):
            tag(1)
            add(draw)
        case .over(let base, let draws):
            tag(2)
            add(base)
            add(draws.count)
            for draw in draws { add(draw) }
        case .merge(let from, let to, let mask):
            tag(3)
            add(from)
            add(to)
            add(mask)
        case .shared(let inner, let outer):
            tag(4)
            add(inner)
            add(outer)
        case .below: tag(5)
        case .effect(let inner, let effect):
            tag(6)
            add(inner)
            add(effect)
        case .lifted(let inner, let base):
            tag(7)
            add(inner)
            add(base)
        case .clear: tag(8)
        case .held(let inner): add(inner)  // what is held follows from the rest
        }
    }

    private mutating func add(_ draw: Draw) {
        add(draw.source)
        add(draw.view)
        add(draw.clip)
        add(draw.covers)
        add(draw.opacity)
        add(draw.shiftX)
        add(draw.shiftY)
        add(draw.bleed)
        for reveal in draw.reveals {
            tag(2)
            add(reveal.from.rawValue)
            add(reveal.amount)
        }
        if let look = draw.look?.value {
            tag(3)
            add(look)
        }
        if let tint = draw.tint {
            tag(1)
            add(tint.color)
            add(tint.amount)
        } else {
            tag(0)
        }
    }

    private mutating func add(_ view: View) {
        switch view {
        case .aligned(let x, let y):
            tag(0)
            add(x)
            add(y)
        case .moving(let path):
            tag(1)
            add(path)
        case .placed(let area, let copy):
            tag(2)
            add(area)
            add(copy)
        }
    }

    private mutating func add(_ look: LayerLook) {
        add(look.box)
        add(look.anchorX)
        add(look.anchorY)
        add(look.flipsX)
        add(look.flipsY)
        for curve in [look.scaleX, look.scaleY, look.rotation, look.blur] { add(curve) }
        for list in [look.insets, look.radii] {
            add(list.count)
            for curve in list { add(curve) }
        }
        add(look.border != nil)
        if let border = look.border {
            add(border.width)
            add(border.color)
        }
        add(look.shadow != nil)
        if let shadow = look.shadow {
            add(shadow.color)
            for curve in [shadow.sigma, shadow.x, shadow.y, shadow.spread] { add(curve) }
        }
        add(look.blend.rawValue)
        add(look.mask != nil)
        if let mask = look.mask {
            switch mask.content {
            case .shape(let points, let drawsEdges):
                tag(0)
                add(drawsEdges)
                add(points.count)
                for point in points {
                    add(point.x)
                    add(point.y)
                }
            case .picture(let picture):
                tag(1)
                add(picture.source)
                add(picture.view)
                add(picture.isOnCanvas)
                add(picture.frames)
                add(picture.isBright)
            }
            add(mask.isInverted)
            add(mask.sigma)
        }
    }

    private mutating func add(_ path: MotionPath) {
        add(path.picture.box)
        add(path.picture.width)
        add(path.picture.height)
        add(path.picture.fit.rawValue)
        add(path.picture.crop.count)
        for curve in path.picture.crop { add(curve) }
        add(path.part)
        add(path.copy)
        for view in [path.motion.from, path.motion.to] {
            add(view.zoom)
            add(view.x)
            add(view.y)
        }
        add(path.motion.easing)
        add(path.frames)
    }

    private mutating func add(_ mask: Mask) {
        switch mask.map {
        case .flat: tag(0)
        case .shape(let shape):
            tag(1)
            add(shape.rawValue)
        case .file(let source):
            tag(2)
            add(source)
        }
        add(mask.softness)
        add(mask.amount)
    }

    private mutating func add(_ effect: CanvasEffect) {
        add(effect.name)
        for (_, curve, _) in effect.curves { add(curve) }
        if case .turn(let turn) = effect { add(turn.edges.rawValue) }
        if case .glitch(_, let start) = effect { add(start) }
    }

    private mutating func add(_ curve: Curve) {
        switch curve {
        case .constant(let value):
            tag(0)
            add(value)
        case .ramp(let from, let to, let ramp):
            tag(1)
            add(from)
            add(to)
            add(ramp.frames)
            add(ramp.easing)
        case .keyframes(let animated, let start, let rate):
            tag(2)
            add(animated)
            add(start)
            add(rate.numerator)
            add(rate.denominator)
        case .sum(let curves), .product(let curves):
            if case .sum = curve { tag(3) } else { tag(4) }
            add(curves.count)
            for curve in curves { add(curve) }
        case .bent(let from, let to, let bend, let ramp):
            tag(5)
            add(from)
            add(to)
            add(bend.rawValue)
            add(ramp.frames)
            add(ramp.easing)
        }
    }

    mutating func add(_ curve: ColorCurve) {
        switch curve {
        case .constant(let color):
            tag(0)
            add(color)
        case .keyframes(let animated, let start, let rate):
            tag(1)
            add(animated) { $0.add($1) }
            add(start)
            add(rate.numerator)
            add(rate.denominator)
        }
    }

    private mutating func add(_ color: Color) { bytes += [color.red, color.green, color.blue, color.alpha] }

    mutating func add(_ animated: Animated<Double>) { add(animated) { $0.add($1) } }

    private mutating func add<Value>(_ animated: Animated<Value>, _ addValue: (inout CanonicalBytes, Value) -> Void) {
        switch animated {
        case .constant(let value):
            tag(0)
            addValue(&self, value)
        case .keyframes(let frames), .path(let frames):
            if case .path = animated { tag(2) } else { tag(1) }
            add(frames.count)
            for frame in frames {
                switch frame.time {
                case .time(let time): add(time)
                case .percent(let percent):
                    tag(1)
                    add(percent)
                case .fromEnd(let time):
                    tag(2)
                    add(time)
                }
                addValue(&self, frame.value)
                add(frame.easing)
            }
        }
    }

    private mutating func add(_ easing: Easing) {
        switch easing {
        case .cubicBezier(let x1, let y1, let x2, let y2):
            tag(1)
            for value in [x1, y1, x2, y2] { add(value) }
        case .steps(let count, let atStart):
            tag(2)
            add(count)
            add(atStart)
        case .spring(let spring):
            tag(3)
            for value in [spring.mass, spring.stiffness, spring.damping, spring.velocity] { add(value) }
        default:
            tag(0)
            add(easing.name ?? "")
        }
    }
}
