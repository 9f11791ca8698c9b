// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// Looks at every media file of an edit once and tells what is wrong with it.
///
/// Blocks on the disk.
struct MediaProbe {
    private(set) var media = Media()
    private(set) var problems: [Problem] = []
    private let folder: String
    private let checksRanges: Bool
    private var failures: [String: String] = [:]

    /// `checksRanges` only for an edit whose values are known to be sound: sums of wild times would overflow.
    init(_ edit: Edit, folder: String, checksRanges: Bool) {
        self.folder = folder
        self.checksRanges = checksRanges
        for (trackIndex, track) in edit.timeline.tracks.enumerated() {
            for (clipIndex, clip) in track.clips.enumerated() {
                var path: String { "tracks[\(trackIndex)].clips[\(clipIndex)]" }
                switch clip {
                case .image(let image):
                    // Most pictures of a long edit are shown more than once.
                    if media.images[image.src] == nil { probeImage(image.src, path: path + ".src") }
                case .audio(let audio): probeSound(audio, path: path)
                case .transition(let transition):
                    if case .map(let src) = transition.style { probeImage(src, path: path + ".src") }
                case .color, .gap: break
                }
            }
        }
    }

    private mutating func fail(_ key: String, at path: String, _ message: String) {
        failures[key] = message
        problems.append(Problem(path: path, message: message))
    }

    private mutating func probeImage(_ src: String, path: String) {
        if media.images[src] != nil { return }
        let key = "image " + src
        if let message = failures[key] {
            problems.append(Problem(path: path, message: message))
            return
        }
        do throws(LibavError) {
            let file = try OpenFile(resolve(src, in: folder))
            let bytes = try file.bytes(limit: MediaLimits.pictureBytes)
            let header: ImageHeader
            do throws(ImageHeader.Failure) { header = try ImageHeader(Array(bytes.contents)) } catch {
                return fail(key, at: path, Self.words(for: error, src))
            }
            let size = header.size
            guard size.width.multipliedReportingOverflow(by: size.height).partialValue <= MediaLimits.pixels,
                size.width <= MediaLimits.pixels, size.height <= MediaLimits.pixels
            else {
                return fail(
                    key, at: path,
                    "\(src) says it is \(size.width) × \(size.height) pixels, more than the \(MediaLimits.pixels / 1_000_000) megapixels that are opened; scale it down"
                )
            }
            media.images[src] = ImageInfo(header: header, fingerprint: file.fingerprint)
        } catch {
            fail(key, at: path, words(for: error, src))
        }
    }

    private mutating func probeSound(_ audio: Audio, path: String) {
        let key = "sound " + audio.src
        if let message = failures[key] {
            problems.append(Problem(path: path + ".src", message: message))
            return
        }
        if media.sounds[audio.src] == nil {
            do throws(LibavError) {
                let file = try OpenFile(resolve(audio.src, in: folder))
                let fingerprint = file.fingerprint
                guard fingerprint.size > 0 else { return fail(key, at: path + ".src", "\(audio.src) is empty") }
                let reader = try AudioReader(file)
                media.sounds[audio.src] = SoundInfo(length: reader.length, fingerprint: fingerprint)
            } catch {
                let missing = error.operation == "open sound"
                return fail(
                    key, at: path + ".src",
                    missing
                        ? "\(audio.src) cannot be opened as sound (\(error.message)); MP4, MP3, WAV, FLAC, Ogg and Matroska files are known"
                        : words(for: error, audio.src))
            }
        }
        if checksRanges { checkRange(of: audio, path: path) }
    }

    /// The part that is asked for must be there: nothing is silently repeated or left silent.
    private mutating func checkRange(of audio: Audio, path: String) {
        guard let info = media.sounds[audio.src], info.length > 0 else {
            if media.sounds[audio.src] != nil, audio.duration == nil, !audio.loop, audio.source?.duration == nil {
                problems.append(
                    Problem(
                        path: path + ".duration",
                        message: "\(audio.src) does not say how long it is; give the clip a duration"))
            }
            return
        }
        // Containers round their lengths; a tenth of a second of silence at the end is not a mistake anybody made.
        let length = Duration.seconds(info.length) / Sound.sampleRate
        let slack = Duration.milliseconds(100)
        let start = audio.source?.start ?? .zero
        if start >= length {
            problems.append(
                Problem(
                    path: path + ".source.start",
                    message: "\(seconds(start)) lies behind the end of \(audio.src), which lasts \(rounded(length))"))
        } else if let part = audio.source?.duration, start + part > length + slack {
            problems.append(
                Problem(
                    path: path + ".source.duration",
                    message:
                        "\(seconds(start)) + \(seconds(part)) lies behind the end of \(audio.src), which lasts \(rounded(length)); shorten it"
                ))
        } else if let duration = audio.duration, !audio.loop {
            let available = audio.source?.duration ?? (length - start)
            if duration > available + slack {
                problems.append(
                    Problem(
                        path: path + ".duration",
                        message:
                            "\(seconds(duration)) is longer than the sound there is (\(rounded(available))); shorten it, or set loop"
                    ))
            }
        }
    }

    private func rounded(_ duration: Duration) -> String {
        let milliseconds = (duration.attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
        return seconds(.milliseconds(Int64(milliseconds)))
    }

    private static func words(for failure: ImageHeader.Failure, _ src: String) -> String {
        switch failure {
        case .empty: "\(src) is empty"
        case .notAnImage(let found):
            "\(src) is not a picture" + (found.map { " but \($0)" } ?? "")
                + "; JPEG, PNG, WebP, GIF, TIFF and BMP are known"
        case .truncated(let what): "\(src) is damaged or cut short: \(what)"
        case .unsupported(let what): "\(src) is of a kind that cannot be read: \(what)"
        }
    }

    private func words(for error: LibavError, _ src: String) -> String {
        let path = resolve(src, in: folder)
        let kind = PathKind(path)
        if kind == .folder { return "\(src) is a folder; name a file in it" }
        if error.isNotRegular { return "\(src) is not a regular file; only regular files are opened" }
        if kind != .nothing { return "\(src) cannot be read: \(error.message)" }
        return "\(src) does not exist" + (neighbour(of: src).map { " (did you mean \($0)?)" } ?? "")
    }

    /// The file beside a missing one whose name is most like it.
    private func neighbour(of src: String) -> String? {
        let path = resolve(src, in: folder)
        let parent = (path as NSString).deletingLastPathComponent
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: parent) else { return nil }
        let name = (src as NSString).lastPathComponent
        guard let nearest = nearest(name, among: names.sorted()) else { return nil }
        let shown = (src as NSString).deletingLastPathComponent
        return shown.isEmpty ? nearest : (shown as NSString).appendingPathComponent(nearest)
    }
}

/// A path of an edit, which is relative to its folder, as the system wants it.
func resolve(_ src: String, in folder: String) -> String {
    src.hasPrefix("/") ? src : (folder as NSString).appendingPathComponent(src)
}
