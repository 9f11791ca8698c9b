// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ComposeScene

@Suite struct ValueRulesClipTests {
    func lines(_ clips: Clip...) -> [String] {
        Edit(timeline: Timeline(size: .hd720, tracks: [Track(clips: clips)])).valueProblems().map(\.description)
    }

    func lines(_ color: ColorClip) -> [String] { lines(.color(color)) }

    let box = ColorClip(.white, duration: .seconds(2))
    let clip = "tracks[0].clips[0]"

    @Test func `an edit in order has no problems`() {
        let edit = Edit(size: .vertical1080, frameRate: .ntsc) {
            Track {
                ImageClip("a.jpg", duration: .seconds(4)).motion(.zoom(to: 1.2))
                Transition(.fade, .seconds(1))
                ImageClip("b.jpg", duration: .seconds(2))
                Transition(.map("m.png"), .seconds(1), softness: 0)
                ColorClip(.black)
            }
            Track {
                Gap(.seconds(1))
                ColorClip(.black)
                box.starting(at: .zero).size(width: .percent(10000), height: .pixels(0.5))
                    .position(x: .pixels(-50), y: .percent(120)).opacity(0)
            }
            Track {
                AudioClip("a.wav")
                Transition(.fade, .seconds(1))
                AudioClip("b.wav").fadeIn(.seconds(1)).volume(100)
            }
            Track { AudioClip("m.m4a").looping().fadeOut(.seconds(100)) }
            Track(clips: [])
        }
        #expect(edit.valueProblems() == [])
    }

    @Test func `no time is negative`() {
        #expect(lines(box.starting(at: .seconds(-1))) == ["\(clip).start: -1 s is negative; use 0 or more"])
        #expect(lines(.gap(Gap(.seconds(-1)))) == ["\(clip).duration: -1 s is not a length of time; use more than 0"])
        let audio = AudioClip("a", duration: .zero).starting(at: .seconds(-1)).trimmed(
            from: .seconds(-2), duration: .zero
        )
        .fadeIn(.milliseconds(-1)).fadeOut(.milliseconds(-2))
        #expect(
            lines(.audio(audio)) == [
                "\(clip).start: -1 s is negative; use 0 or more",
                "\(clip).duration: 0 s is not a length of time; use more than 0",
                "\(clip).source.start: -2 s is negative; use 0 or more",
                "\(clip).source.duration: 0 s is not a length of time; use more than 0",
                "\(clip).fadeIn: -0.001 s is negative; use 0 or more",
                "\(clip).fadeOut: -0.002 s is negative; use 0 or more",
            ])
    }

    @Test func `no time is huge, and the hugest do not trap`() {
        let day = Duration.seconds(86400)
        #expect(lines(box.starting(at: day)) == [])
        #expect(
            lines(box.starting(at: day + .microseconds(1)))
                == ["\(clip).start: 86400.000001 s is too long; at most 24 h (86400 s) are possible"])
        let longest = Duration(attoseconds: .max)
        let shortest = Duration(attoseconds: .min)
        for time in [longest, shortest] {
            let audio = AudioClip("a", duration: time).starting(at: time).trimmed(from: time, duration: time).fadeIn(
                time
            )
            .fadeOut(time).volume(.keyframes([Keyframe(time, 1), Keyframe(time, 1)]))
            let found = lines(.audio(audio), .transition(Transition(.fade, time)), .audio(audio), .gap(Gap(time)))
            #expect(found.count == 21)
        }
    }

    @Test func `opacity lies in 0…1 and is finite`() {
        #expect(lines(box.opacity(.constant(.nan))) == ["\(clip).opacity: NaN is not a finite number; use 0…1"])
        #expect(
            lines(box.opacity(.constant(.infinity))) == ["\(clip).opacity: infinity is not a finite number; use 0…1"])
        #expect(lines(box.opacity(1.5)) == ["\(clip).opacity: 1.5 is out of range; use 0…1"])
        #expect(lines(box.opacity(-1)) == ["\(clip).opacity: -1 is out of range; use 0…1"])
    }

    @Test func `volume lies in 0…100`() {
        #expect(lines(.audio(AudioClip("a").volume(101))) == ["\(clip).volume: 101 is out of range; use 0…100"])
        #expect(lines(.audio(AudioClip("a").volume(-0.5))) == ["\(clip).volume: -0.5 is out of range; use 0…100"])
        #expect(
            lines(.audio(AudioClip("a").volume(.constant(-.infinity))))
                == ["\(clip).volume: -infinity is not a finite number; use 0…100"])
    }

    @Test func `keyframes are there, in range and in order`() {
        #expect(
            lines(box.opacity(.keyframes([])))
                == ["\(clip).opacity.keyframes: there are none; use a plain value, or at least one keyframe"])
        let frames = [
            Keyframe(.seconds(-1), 0), Keyframe(.seconds(1), 2), Keyframe(.seconds(1), .nan),
            Keyframe(.seconds(2), 1, easing: .cubicBezier(1.5, .nan, -1, .infinity)),
        ]
        #expect(
            lines(box.opacity(.keyframes(frames))) == [
                "\(clip).opacity.keyframes[0].time: -1 s is negative; use 0 or more",
                "\(clip).opacity.keyframes[1].value: 2 is out of range; use 0…1",
                "\(clip).opacity.keyframes[2].time: 1 s is not after the keyframe before it (1 s); "
                    + "order keyframes by time",
                "\(clip).opacity.keyframes[2].value: NaN is not a finite number; use 0…1",
                "\(clip).opacity.keyframes[3].easing[0]: 1.5 is out of range; use 0…1",
                "\(clip).opacity.keyframes[3].easing[1]: NaN is not a finite number",
                "\(clip).opacity.keyframes[3].easing[2]: -1 is out of range; use 0…1",
                "\(clip).opacity.keyframes[3].easing[3]: infinity is not a finite number",
            ])
    }

    @Test func `boxes are larger than nothing and no farther than 100 canvases`() {
        #expect(
            lines(box.size(width: .pixels(0), height: .percent(-5))) == [
                "\(clip).size.width: 0 is not the side of a box; use more than 0",
                "\(clip).size.height: -5% is not the side of a box; use more than 0",
            ])
        #expect(
            lines(box.size(width: .pixels(128_001), height: .percent(10001))) == [
                "\(clip).size.width: 128001 is more than 100 times the canvas (1280 pixels); use less",
                "\(clip).size.height: 10001% is more than 100 times the canvas (720 pixels); use less",
            ])
        #expect(
            lines(box.position(x: .pixels(.nan), y: .percent(-1e300))) == [
                "\(clip).position.x: NaN is not a finite number",
                "\(clip).position.y: -1e+300% is more than 100 times the canvas (720 pixels); use less",
            ])
    }

    @Test func `motion stays within the picture`() {
        let image = ImageClip("a", duration: .seconds(1))
            .motion(
                Motion(
                    from: .init(zoom: 0.9, x: -0.1, y: 1.1), to: .init(zoom: 101, x: .nan),
                    easing: .cubicBezier(2, 0, 0, 0)))
        #expect(
            lines(.image(image)) == [
                "\(clip).motion.from.zoom: 0.9 is out of range; use 1…100",
                "\(clip).motion.from.x: -0.1 is out of range; use 0…1",
                "\(clip).motion.from.y: 1.1 is out of range; use 0…1",
                "\(clip).motion.to.zoom: 101 is out of range; use 1…100",
                "\(clip).motion.to.x: NaN is not a finite number; use 0…1",
                "\(clip).motion.easing[0]: 2 is out of range; use 0…1",
            ])
    }

    @Test func `files have names`() {
        #expect(lines(.image(ImageClip("", duration: .seconds(1)))) == ["\(clip).src: empty; name a file"])
        #expect(
            lines(.audio(AudioClip("a\0b")))
                == ["\(clip).src: \"a\\0b\" has a NUL character in it, which no file name can; remove it"])
    }

    @Test func `a picture has a duration`() {
        let image = changed(ImageClip("a", duration: .zero)) { $0.visual.duration = nil }
        #expect(
            lines(.image(image))
                == ["\(clip).duration: missing; a picture does not say how long it is shown, so give it a duration"])
    }

    @Test func `fades fit into the clip`() {
        let audio = AudioClip("a").fadeIn(.seconds(1)).fadeOut(.milliseconds(1500))
        let line = "\(clip).fadeOut: the fades (1 s + 1.5 s) are longer than the clip (2 s); shorten them"
        #expect(lines(.audio(audio)) == [])
        #expect(lines(.audio(changed(audio) { $0.duration = .seconds(2) })) == [line])
        #expect(lines(.audio(audio.trimmed(from: .zero, duration: .seconds(2)))) == [line])
        #expect(
            lines(.audio(audio.trimmed(from: .zero, duration: .seconds(2)).looping()), .color(box.starting(at: .zero)))
                == [])
        #expect(lines(.audio(changed(audio) { $0.duration = .milliseconds(2500) })) == [])
    }
}
