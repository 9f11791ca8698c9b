// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// A writer of packets to one file, or of each picture to a file of its own.
///
/// The header is written with the first packet, because some encoders only then provide what players need.
final class PacketWriter {
    private let plan: Plan
    private let file: OutputFile
    private let muxer: Muxer?
    private let ending: String?
    private var pictures = 0
    private var video: Int?
    private var sounds: [Int?] = []
    private var texts: [Int?] = []
    private var hasBegun = false

    init(_ plan: Plan, file: OutputFile) throws(ComposeError) {
        self.plan = plan
        self.file = file
        let format = plan.output.settledFormat
        ending = format.pictureEnding
        guard let settings = format.muxer else {
            muxer = nil
            return
        }
        do throws(LibavError) {
            muxer = try Muxer(
                settings.name, path: file.temporary, index: format.container.index,
                options: settings.options + (format.container.index == nil ? [] : [Self.segmentLength(plan)])
                    + Self.timescale(plan))
        } catch {
            throw file.failure(error)
        }
    }

    /// Adds streams as their encoders currently describe them; call it before ``begin(header:)``.
    func add(video: Encoder?, sounds: [SoundQueue]) throws(ComposeError) {
        do throws(LibavError) {
            if let video {
                self.video = try muxer?.add(video, hasRate: plan.output.video.frameRate == .constant)
            }
            for sound in sounds {
                let stream = try muxer?.add(sound.encoder)
                // A file with one track leaves it to players, as ever, unless it has a name or a language.
                if let stream, sounds.count > 1 || sound.track.language != "und" || sound.track.name != nil {
                    try muxer?.describe(
                        stream, language: sound.track.language, name: sound.track.name, isDefault: sound.track.isDefault
                    )
                }
                self.sounds.append(stream)
            }
            for track in plan.captions { texts.append(try muxer?.add(track, plan.output.settledFormat)) }
        } catch {
            throw file.failure(error)
        }
    }

    /// Writes what precedes the packets: the streams, tags and chapters.
    ///
    /// A header that is not empty replaces the one from the pictures' encoder.
    func begin(header: [UInt8] = []) throws(ComposeError) {
        guard !hasBegun else { return }
        hasBegun = true
        guard let muxer else { return }
        do throws(LibavError) {
            if let video, !header.isEmpty { try muxer.setHeader(header, stream: video) }
            for tag in Output.Tag.allCases {
                if let text = plan.output.tags[tag] { try muxer.tag(tag.rawValue, text) }
            }
            let ends = plan.output.chapters.dropFirst().map { Self.microseconds($0.start) } + [length]
            for (chapter, end) in zip(plan.output.chapters, ends) {
                let start = min(Self.microseconds(chapter.start), end)
                try muxer.addChapter(chapter.title, start..<end)
            }
            try muxer.writeHeader()
            // All of them at once: the muxer sorts packets by time, and need not wait for a cue that comes later.
            for (track, stream) in zip(plan.captions, texts) {
                guard let stream else { continue }
                for cue in track.cues { try muxer.write(cue, plan.output.settledFormat, stream: stream) }
            }
        } catch {
            throw file.failure(error)
        }
    }

    /// Writes a packet of pictures.
    func write(video packet: Packet) throws(ComposeError) { try write(packet, to: video) }

    /// Writes a packet of one of the tracks of sound.
    func write(sound packet: Packet, track: Int) throws(ComposeError) { try write(packet, to: sounds[track]) }

    private func write(_ packet: Packet, to stream: Int?) throws(ComposeError) {
        do throws(LibavError) {
            if let muxer {
                guard let stream else { preconditionFailure("a packet of no stream") }
                try muxer.write(packet, stream: stream)
            } else {
                pictures += 1
                let digits = String(pictures)
                let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
                try FileSystem.write(packet.bytes, to: "\(file.temporary)/\(number).\(ending ?? "")")
            }
        } catch {
            throw file.failure(error)
        }
    }

    func finish() throws(ComposeError) {
        do throws(LibavError) { try muxer?.finish() } catch { throw file.failure(error) }
    }

    /// Returns the unit of MP4's edit lists, which say where the sound begins and ends: a sample.
    private static func timescale(_ plan: Plan) -> [Encoder.Option] {
        guard [.mp4, .mov, .m4a].contains(plan.output.settledFormat) else { return [] }
        return [Encoder.Option("movie_timescale", String(plan.output.audio.sampleRate))]
    }

    /// Returns the length of a streaming segment: about six seconds, in whole key frame intervals.
    ///
    /// Each segment begins with a key frame.
    private static func segmentLength(_ plan: Plan) -> Encoder.Option {
        let frames = EncoderRequest(plan).keyframeInterval
        let interval = Double(frames * plan.frameRate.denominator) / Double(plan.frameRate.numerator)
        let length = interval * max(1, (6 / interval).rounded())
        return Encoder.Option("hls_time", String(Int(length * 1e6)) + "us")
    }

    private var length: Int {
        Int(plan.durationInSeconds * 1e6)
    }

    private static func microseconds(_ time: Duration) -> Int { Int(time.attoseconds / 1_000_000_000_000) }
}
