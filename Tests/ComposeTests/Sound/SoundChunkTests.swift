// SPDX-License-Identifier: Apache-2.0

import Foundation
import Libav
import Testing

@testable import Compose

/// Sound is encoded in chunks that other renders and machines can use.
@Suite(.serialized)
struct SoundChunkTests {
    private static let size = PixelSize(width: 16, height: 16)
    private static let frame = Duration.seconds(1) / 30

    /// Scenes with a sound each, whose lengths are in frames of pictures.
    private static func scenes(_ lengths: [Int], _ output: Output = Output()) -> Edit {
        Edit(size: size, frameRate: 30, output: output) {
            Track { ColorClip(.black) }
            Track(
                clips: lengths.enumerated().map { index, length in
                    .audio(
                        AudioClip(index % 2 == 0 ? "inputs/tone.wav" : "inputs/tone44.wav", duration: frame * length)
                            .looping().volume(.constant(0.1 + 0.01 * Double(index))).fadeIn(frame))
                })
        }
    }

    private static let lengths = (0..<40).map { 130 + 7 * ($0 % 5) }

    private static func keys(_ edit: Edit) async throws -> [String] {
        try await Renderer().soundKeys(of: try await edit.plan(in: Fixtures.folder))
    }

    @Test func `chunks follow each other without gaps, of whole frames and of bounded length`() throws {
        var random = RepeatableRandom(3)
        for codec in [AudioSettings.Codec.aac, .mp3, .opus, .flac, .pcm] {
            for _ in 0..<20 {
                let lengths = (0..<1 + random.next(below: 60)).map { _ in 1 + random.next(below: 400) }
                let output = Output(format: .mkv, audio: AudioSettings(codec: codec))
                let plan = try Self.scenes(lengths, output).makePlan(in: Fixtures.folder)
                let chunks = plan.soundChunks
                #expect(chunks.map(\.index) == Array(chunks.indices))
                #expect(chunks.first?.samples.lowerBound == 0 && chunks.last?.samples.upperBound == plan.sampleCount)
                for (one, next) in zip(chunks, chunks.dropFirst()) {
                    #expect(one.samples.upperBound == next.samples.lowerBound)
                    #expect(one.samples.upperBound % SoundCoding(codec).frame == 0)
                    #expect(one.samples.count >= 7 * 48_000 && next.samples.count >= 7 * 48_000)
                }
                #expect(chunks.allSatisfy { $0.samples.count <= 50 * 48_000 })
            }
        }
        var silent = Self.scenes([100])
        silent.output.audio.codec = .noSound
        #expect(try silent.makePlan(in: Fixtures.folder).soundChunks.isEmpty)
    }

    @Test func `an edit that moves sound by whole encoder frames finds its chunks again, and no other edit does`()
        async throws
    {
        let before = try await Self.keys(Self.scenes(Self.lengths))
        #expect(before.count > 10 && Set(before).count == before.count)
        // 16 pictures last as long as 25 of AAC's frames.
        for (frames, most) in [(16, 3), (-16, 3), (1, before.count)] {
            let after = try await Self.keys(Self.scenes(changed(Self.lengths) { $0[5] += frames }))
            let new = after.filter { !before.contains($0) }.count
            #expect(new > 0 && new <= most, "\(frames): \(new) of \(after.count)")
            #expect((frames == 1) == (new > after.count / 2))
            #expect(after.first == before.first && (after.last == before.last) == (frames != 1))
        }
    }

    @Test func `music under scenes of other lengths keeps its chunks up to the end`() async throws {
        func edit(_ seconds: Int) -> Edit {
            Edit(size: Self.size, frameRate: 30) {
                Track { ColorClip(.black, duration: .seconds(seconds)) }
                Track { AudioClip("inputs/tone.wav").looping().fadeOut(.seconds(2)) }
            }
        }
        let (before, after) = (try await Self.keys(edit(120)), try await Self.keys(edit(121)))
        #expect(before.count == after.count && before.dropLast() == after.dropLast() && before.last != after.last)
    }

    @Test func `long sounds have longer chunks where chunks overlap`() throws {
        func longest(_ codec: AudioSettings.Codec, seconds: Int) throws -> Int {
            let output = Output(format: .mkv, audio: AudioSettings(codec: codec))
            let edit = Edit(size: Self.size, frameRate: 30, output: output) {
                Track { ColorClip(.black, duration: .seconds(seconds)) }
                Track { AudioClip("inputs/tone.wav").looping() }
            }
            return try edit.makePlan(in: Fixtures.folder).soundChunks.map(\.samples.count).max() ?? 0
        }
        for codec in [AudioSettings.Codec.aac, .mp3, .opus] {
            #expect(abs(try longest(codec, seconds: 1799) - 16 * 48_000) < 8 * 48_000)
            #expect(abs(try longest(codec, seconds: 1800) - 64 * 48_000) < 32 * 48_000)
        }
        #expect(try longest(.flac, seconds: 1800) < 24 * 48_000)
    }

    @Test func `a key names all that is heard in a chunk, and nothing else`() async throws {
        func edit(_ change: (inout AudioClip) -> Void = { _ in }) -> Edit {
            var clip = AudioClip("inputs/tone.wav", duration: .seconds(60)).looping()
            change(&clip)
            return Edit(size: Self.size, frameRate: 30) {
                Track { ColorClip(.black, duration: .seconds(70)) }
                Track { clip }
            }
        }
        let plain = try await Self.keys(edit())
        func changes(_ change: (inout AudioClip) -> Void) async throws -> [Bool] {
            zip(try await Self.keys(edit(change)), plain).map { $0 != $1 }
        }
        #expect(plain.count > 3)
        #expect(try await changes { $0.volume = .constant(0.5) }.allSatisfy(\.self))
        #expect(try await changes { $0.source = .init(start: .milliseconds(1)) }.allSatisfy(\.self))
        #expect(try await changes { $0.src = "inputs/tone44.wav" }.allSatisfy(\.self))
        #expect(try await changes { $0.fadeIn = .seconds(1) } == plain.indices.map { $0 == 0 })
        // The last chunk begins where the sound ends, and its encoder is settled by the end of the fade.
        #expect(try await changes { $0.fadeOut = .seconds(1) } == plain.indices.map { $0 >= plain.count - 2 })
        var other = edit()
        other.output.audio.bitrate = 96_000
        #expect(Set(try await Self.keys(other)).isDisjoint(with: plain))
        other = edit()
        other.timeline.tracks[1].clips.insert(.audio(AudioClip("inputs/click.wav").starting(at: .seconds(61))), at: 1)
        #expect(zip(try await Self.keys(other), plain).map(==) == plain.indices.map { $0 < plain.count - 1 })
        // Whoever adds a property here adds it to the key, or says why it does not belong there.
        let sound = try edit().makePlan(in: Fixtures.folder).audio.sounds[0]
        #expect(
            Mirror(reflecting: sound).children.compactMap(\.label) == [
                "src", "path",  // moving a file or a clip does not change it
                "fingerprint", "fileLength", "fileStart", "samples", "anchor", "sourceStart", "sourceCount",
                "keepsTime", "loop",
                "loopCrossfade", "speed", "keepsPitch", "volume", "pan", "fadeCurve", "fadeIn", "fadeOut", "crossIn",
                "crossOut",
                "effects", "duck",
                "declicks",  // follows from the ramps
                "cutIn", "cutOut",
            ])
    }

    @Test(arguments: [Output.Format.m4a, .mp3, .opus, .flac, .wav])
    func `the bytes do not depend on how many chunks are encoded at once`(format: Output.Format) async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.scenes(Array(Self.lengths.prefix(10)), Output(format: format))
            for workers in [1, 2, 5] {
                let report = try await SegmentRenderTests.render(edit, to: folder + "/\(workers)", workers: workers)
                #expect(report.audio?.samples == report.audio?.samplesOfVideo)
                #expect(try SegmentRenderTests.bytes(folder + "/\(workers)") == SegmentRenderTests.bytes(folder + "/1"))
            }
            let frames = Self.lengths.prefix(10).reduce(0, +)
            // Frames of MP3 end with the encoder's, and say where the sound does in a header that few read.
            let slack = format == .mp3 ? 2400 : 0
            let decoded = try decodedSound(folder + "/1").count / 2
            #expect((frames * 1600...frames * 1600 + slack).contains(decoded), "\(decoded)")
        }
    }

    @Test func `what is kept is used, and what is damaged is made again`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let store = MemoryStore()
            func render(_ lengths: [Int], _ name: String) async throws -> (hits: Int, bytes: Data) {
                let edit = Self.scenes(lengths, Output(format: .m4a))
                _ = try await SegmentRenderTests.render(edit, to: "\(folder)/\(name)", workers: 2, cache: store)
                return (store.takeHits(), try SegmentRenderTests.bytes("\(folder)/\(name)"))
            }
            let first = try await render(Self.lengths, "a")
            let again = try await render(Self.lengths, "b")
            let chunks = try Self.scenes(Self.lengths).makePlan(in: Fixtures.folder).soundChunks.count
            #expect(first.hits == 0 && again.hits == chunks && first.bytes == again.bytes)
            let longer = changed(Self.lengths) { $0[5] += 16 }
            let moved = try await render(longer, "c")
            #expect(moved.hits > chunks / 2)
            let alone = Self.scenes(longer, Output(format: .m4a))
            _ = try await SegmentRenderTests.render(alone, to: folder + "/d")
            #expect(try SegmentRenderTests.bytes(folder + "/d") == moved.bytes)
            store.damage()
            #expect(try await render(Self.lengths, "e").bytes == first.bytes)
        }
    }

    @Test func `chunks from elsewhere make the same file, and others are refused by their number`() async throws {
        try await Fixtures.withTemporaryFolder { folder in
            let edit = Self.scenes(Array(Self.lengths.prefix(12)))
            let plan = try await edit.plan(in: Fixtures.folder)
            let elsewhere = try Plan(json: try plan.json())
            #expect(elsewhere.soundChunks == plan.soundChunks)
            var (sounds, segments): ([Data], [Data]) = ([], [])
            for chunk in plan.soundChunks {
                sounds.append(try await Renderer().renderSound(chunk.index, of: elsewhere))
            }
            for segment in plan.segments {
                segments.append(try await Renderer().renderSegment(segment.index, of: elsewhere))
            }
            func assemble(_ sounds: [Data]) async throws {
                let parts = segments
                _ = try await Renderer().assemble(plan, to: folder + "/farm.mp4", sound: { sounds[$0] }) { parts[$0] }
                    .result
            }
            try await assemble(sounds)
            _ = try await Renderer().render(edit, in: Fixtures.folder, to: folder + "/here.mp4").result
            #expect(
                try SegmentRenderTests.bytes(folder + "/farm.mp4") == SegmentRenderTests.bytes(folder + "/here.mp4"))
            let damaged = changed(sounds) { $0[1][$0[1].count / 2] ^= 1 }
            for (bad, words) in [
                (damaged, "is damaged"), (changed(sounds) { $0[1] = $0[0] }, "was made for another plan"),
                (changed(sounds) { $0[1] = Data() }, "is damaged"),
            ] {
                let error = await #expect(throws: ComposeError.self) { try await assemble(bad) }
                #expect(
                    error?.description.contains("chunk 1 of the sound \(words)") == true, "\(String(describing: error))"
                )
            }
            let missing = await #expect(throws: ComposeError.self) { try await Renderer().renderSound(99, of: plan) }
            #expect(missing?.description.contains("there is no chunk 99 of the sound; the plan has 0…") == true)
        }
    }

    @Test func `any range of the mix is the same as in the whole`() throws {
        let plan = try Edit(size: Self.size, frameRate: 30) {
            Track { ColorClip(.black, duration: .seconds(12)) }
            Track { AudioClip("inputs/tone.wav").looping().fadeOut(.seconds(3)) }
            Track {
                AudioClip("inputs/tone44.wav").starting(at: .milliseconds(1234)).fadeIn(.milliseconds(300))
                AudioClip("inputs/click.wav").trimmed(from: .milliseconds(400), duration: .milliseconds(333)).looping()
                    .volume(.keyframes([Keyframe(.zero, 1), Keyframe(.seconds(5), 0.1)]))
            }
        }.makePlan(in: Fixtures.folder)
        let whole = try AudioMixer(plan.audio, path: plan.path).samples(0..<plan.sampleCount)
        let mixer = AudioMixer(plan.audio, path: plan.path)
        var random = RepeatableRandom(8)
        for _ in 0..<60 {
            let start = random.next(below: plan.sampleCount)
            let range = start..<min(plan.sampleCount, start + 1 + random.next(below: 9000))
            let part = try mixer.samples(range)
            let same = zip(part, whole[2 * range.lowerBound..<2 * range.upperBound]).allSatisfy { abs($0 - $1) < 1e-6 }
            #expect(same, "\(range)")
        }
    }

    @Test func `packets that are no packets carry nothing, and are not numbered`() throws {
        var random = RepeatableRandom(5)
        for _ in 0..<20_000 {
            var bytes = (0..<random.next(below: 40)).map { _ in UInt8(random.next(below: 256)) }
            if random.next(below: 2) == 0, bytes.count > 2 { bytes.replaceSubrange(0..<2, with: [0xff, 0xf8]) }
            let packet = try Packet(bytes: bytes)
            for codec in [Packet.Carry.aac, .mp3, .opus] { _ = packet.carries(codec) }
            try? packet.numberFLAC(random.next(below: 1 << 30))
        }
        #expect(try Packet(bytes: []).carries(.aac) == nil)
        #expect(throws: LibavError.self) { try Packet(bytes: [1, 2, 3]).numberFLAC(1) }
    }
}
