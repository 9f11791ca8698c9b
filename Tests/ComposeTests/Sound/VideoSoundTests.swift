// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

import Libav

@testable import Compose

/// The sound of video clips is in step with their pictures.
struct VideoSoundTests {
    /// Returns the times at which beeps begin in an edit's sound, in samples.
    private func beeps(_ edit: Edit) throws -> [Int] {
        let plan = try edit.makePlan(in: "/")
        let mixer = AudioMixer(plan.audio, path: plan.path)
        var (found, position, quiet) = ([Int](), 0, 10_000)
        while position < plan.sampleCount {
            let (samples, count) = try mixer.next(4800)
            for index in 0..<count {
                if abs(samples[2 * index]) > 0.05 {
                    if quiet > 2400 { found.append(position + index) }
                    quiet = 0
                } else {
                    quiet += 1
                }
            }
            position += count
        }
        return found
    }

    private func edit(_ clips: [VideoClip]) -> Edit {
        Edit(
            timeline: Timeline(size: VideoTests.size, frameRate: 30, tracks: [Track(clips: clips.map(\.clip))]))
    }

    /// The files in which a flash and a beep begin every second.
    ///
    /// WebM's are 7 ms apart, as FFmpeg wrote them.
    static let files = ["flashes.mp4", "flashes.mkv", "flashes.ts", "flashes.mov", "flashes.avi", "flashes.flv"]

    @Test(arguments: files)
    func `beeps keep their place to half a millisecond`(name: String) throws {
        let made = try NumberedClips.shared()
        let whole = try beeps(edit([VideoClip(made.path(name))]))
        #expect(whole.count == 10)
        for (index, beep) in whole.enumerated() { #expect(abs(beep - index * 48_000) <= 24, "\(name): \(whole)") }
        // From 0.5 s to 3.5 s, and from 2.25 s on: beeps at 0.5, 1.5, 2.5; 3 + 0.75, …
        let cut = try beeps(
            edit([
                VideoClip(made.path(name)).trimmed(from: .seconds(0.5), duration: .seconds(3)),
                VideoClip(made.path(name)).trimmed(from: .seconds(2.25)),
            ]))
        let expected = [0.5, 1.5, 2.5] + (0..<7).map { 3.75 + Double($0) }
        #expect(cut.count == expected.count)
        for (beep, time) in zip(cut, expected) { #expect(abs(Double(beep) - time * 48_000) <= 24, "\(name): \(cut)") }
    }

    @Test func `speed and loops move beeps with their pictures`() throws {
        let src = try NumberedClips.shared().path("flashes.mov")
        for (speed, count) in [(2.0, 10), (0.5, 10), (1.25, 10)] {
            let found = try beeps(edit([VideoClip(src).speed(.constant(speed)).pitch(kept: false)]))
            #expect(found.count == count)
            for (index, beep) in found.enumerated() {
                #expect(abs(Double(beep) - Double(index) / speed * 48_000) <= 24, "\(speed): \(found)")
            }
        }
        let looped = try beeps(
            edit([VideoClip(src, duration: .seconds(7)).trimmed(from: .seconds(1.5), duration: .seconds(2)).looping()]))
        #expect(looped.count == 7)
        for (index, beep) in looped.enumerated() { #expect(abs(beep - 24_000 - index * 48_000) <= 2) }
    }

    @Test func `five hundred cuts do not drift`() throws {
        let src = try NumberedClips.shared().path("flashes.mp4")
        // Cuts of a second that begin 0.3 s before a beep, which is then 0.3 s after each cut's beginning.
        let clips = (0..<500).map {
            VideoClip(src).trimmed(from: .seconds(Double($0 % 8) + 0.7), duration: .seconds(1))
        }
        let found = try beeps(edit(clips))
        #expect(found.count == 500)
        for (index, beep) in found.enumerated() { #expect(abs(beep - index * 48_000 - 14_400) <= 24) }
    }

    @Test func `sound that begins later than the pictures, or pictures than the sound, keep their distance`() throws {
        let made = try NumberedClips.shared()
        for name in ["late_sound.mp4", "late_sound.ts"] {
            let found = try beeps(edit([VideoClip(made.path(name))]))
            // The first beep is the tone's beginning, at 0.4 s; AAC smears it over a few milliseconds.
            #expect(abs(found[0] - 19_200) <= 480, "\(name): \(found[0])")
        }
        let found = try beeps(edit([VideoClip(made.path("late_pictures.mp4"))]))
        #expect(found[0] <= 480)
    }

    @Test func `clips that are muted, reversed or frozen are silent`() throws {
        let src = try NumberedClips.shared().path("flashes.mp4")
        for clip in [
            VideoClip(src).muted(), VideoClip(src).reversed(), VideoClip(src, duration: .seconds(3)).frozen(at: .first),
        ] {
            #expect(try edit([clip]).makePlan(in: "/").audio.buses.isEmpty)
        }
        let plan = try edit([VideoClip(src).volume(0.5).fadeIn(.seconds(1))]).makePlan(in: "/")
        #expect(plan.audio.sounds.first?.fadeIn == 48_000)
    }

    @Test func `J and L cuts begin and end the sound elsewhere, in step with the pictures`() throws {
        let src = try NumberedClips.shared().path("flashes.mov")
        // Pictures from 3.5 s to 5.5 s of the file stand at 2…4 s, and their sound at 0.8…4.6 s: beeps of the file's
        // seconds 3, 4, 5 and 6.
        let clip = VideoClip(src, duration: .seconds(2)).trimmed(from: .seconds(3.5)).starting(at: .seconds(2))
            .audioOffset(start: .milliseconds(-1200), end: .milliseconds(600))
        var edit = edit([clip])
        edit.timeline.tracks.append(Track { ColorClip(.black, duration: .seconds(6)) })
        let plan = try edit.makePlan(in: "/")
        #expect(plan.audio.sounds.map(\.samples) == [38_400..<220_800])
        let found = try beeps(edit)
        #expect(found.count == 4)
        for (beep, second) in zip(found, 3...6) {
            #expect(abs(beep - (2 * 48_000 + (second * 48_000 - 168_000))) <= 24, "\(found)")
        }
    }

    @Test func `offsets that leave the file or the timeline are refused`() throws {
        let src = try NumberedClips.shared().path("flashes.mov")
        func message(_ clip: VideoClip) -> String {
            do throws(ComposeError) {
                _ = try edit([clip]).makePlan(in: "/")
                return ""
            } catch {
                return error.problems.map(\.description).joined(separator: "\n")
            }
        }
        let part = VideoClip(src, duration: .seconds(2)).trimmed(from: .seconds(3))
        #expect(
            message(part.starting(at: .seconds(8)).audioOffset(start: .seconds(-4))).contains("before the beginning"))
        #expect(message(part.audioOffset(start: .seconds(-1))).contains("before the timeline"))
        #expect(message(part.audioOffset(end: .seconds(6))).contains("behind the end"))
        #expect(message(part.audioOffset(start: .seconds(2))).contains("would end before it begins"))
        #expect(message(part.muted().audioOffset(end: .seconds(1))).contains("no sound to offset"))
    }
}
