// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

#if Text
    internal import Typesetting
#endif

/// An examination of every media file of an edit, and the problems found.
///
/// It blocks on the disk.
struct MediaProbe {
    private(set) var media = Media()
    private(set) var problems: [Problem] = []
    /// Whether a sound or a video could not be examined, so that its length is unknown.
    private(set) var lacksLength = false
    /// Whether a file is of another kind than that in which it is used: no picture, no video or no sound, but perhaps one of the
    /// others.
    private(set) var isOfAnotherKind = false
    /// The lengths of sounds in samples; some are known only once the whole file has been read.
    private static let soundLengths = Remembered<FileFingerprint, Int>(most: 10_000)
    private var fontFiles: [String: FontInfo] = [:]
    /// The captions' files that are shown in their own looks.
    private var scripts: Set<String> = []
    private let folder: String
    private let decoding: MediaDecoding
    /// The places of the edit that name the file being examined.
    private var places: [EditPath] = []

    /// Examines every file of an edit once, and blocks until it is done.
    init(_ edit: Edit, folder: String, decoding: MediaDecoding = .inProcess) {
        self.folder = folder
        self.decoding = decoding
        scripts = edit.timeline.scripts
        for file in edit.files {
            places = file.places
            switch file.use {
            case .picture, .map: probeImage(file.src)
            case .video:
                probeVideo(file.src)
                if media.videos[file.src] == nil { lacksLength = true }
            case .sound:
                probeSound(file.src)
                if media.sounds[file.src] == nil { lacksLength = true }
            case .font: probeFont(file.src)
            case .captions: probeCaptions(file.src)
            }
        }
        openFonts(edit.timeline)
    }

    /// Reports a problem of the file being examined, at every place that names it.
    private mutating func fail(_ message: String) {
        problems += places.map { Problem(path: $0.description, message: message) }
    }

    private mutating func probeImage(_ src: String) {
        if media.images[src] != nil { return }
        do throws(LibavError) {
            let file = try OpenFile(resolve(src, in: folder))
            try file.expectSize(atMost: MediaLimits.pictureBytes)
            let blocks = FileBlocks(file)
            let header: ImageHeader
            do throws(ImageHeader.Failure) { header = try ImageHeader(blocks) } catch {
                if case .notAnImage = error { isOfAnotherKind = true }
                return fail(blocks.failure.map { words(for: $0, src) } ?? Self.words(for: error, src))
            }
            let size = header.size
            guard size.width.multipliedReportingOverflow(by: size.height).partialValue <= MediaLimits.pixels,
                size.width <= MediaLimits.pixels, size.height <= MediaLimits.pixels
            else {
                return fail(
                    "\(src) says it is \(size.width) × \(size.height) pixels, more than the \(MediaLimits.pixels / 1_000_000) megapixels that are opened; scale it down"
                )
            }
            guard header.format.codec.isAvailable else {
                return fail(
                    "\(src) is \(header.format.name), which this FFmpeg was built without; use PNG")
            }
            if header.times != nil, !AnimationDecoder.canDecode(header.format.codec) {
                return fail("\(src) is an animated WebP, for which libwebpdemux has to be installed; use GIF or PNG")
            }
            if header.needsTrial, let reason = try PictureTrial.failure(header, file) {
                return fail(
                    "\(src) is damaged, or \(header.format.name) of a kind that cannot be read (\(reason)); save it anew as JPEG or PNG"
                )
            }
            media.images[src] = ImageInfo(header: header, fingerprint: file.fingerprint)
        } catch {
            fail(words(for: error, src))
        }
    }

    private mutating func probeSound(_ src: String) {
        do throws(LibavError) {
            let file = try OpenFile(resolve(src, in: folder))
            let fingerprint = file.fingerprint
            guard fingerprint.size > 0 else { return fail("\(src) is empty") }
            let length = try Self.soundLengths.value(for: fingerprint) { () throws(LibavError) in
                let reader = try AudioReader(file)
                let length = try reader.measure()
                guard length > 0 else { return 0 }
                // A file of which nothing can be decoded is refused; damage after that is silence.
                try reader.seek(to: 0)
                var samples = [Float](repeating: 0, count: Sound.channels)
                _ = try reader.read(1, into: &samples)
                return length
            }
            guard length > 0 else { return fail("\(src) holds no sound") }
            media.sounds[src] = SoundInfo(length: length, fingerprint: fingerprint)
        } catch {
            fail(
                error.operation == "decode sound"
                    ? "\(src) is damaged: none of its sound can be decoded (\(error.message))"
                    : error.operation == "open sound"
                        ? "\(src) cannot be opened as sound (\(error.message)); MP4, MP3, AAC, WAV, FLAC, Ogg, Matroska, AIFF, CAF and MPEG-TS files are known"
                        : words(for: error, src))
        }
    }

    private mutating func probeVideo(_ src: String) {
        do throws(LibavError) {
            let path = resolve(src, in: folder)
            let file = try OpenFile(path)
            guard file.fingerprint.size > 0 else { return fail("\(src) is empty") }
            guard let info = try VideoInfo.of(file, path: path, decoding) else {
                return fail("\(src) holds no picture that can be decoded; if it plays elsewhere, save it anew as MP4")
            }
            media.videos[src] = info
        } catch {
            isOfAnotherKind = error.isMissingStream || (error.operation == "open video" && !error.isOfMachine)
            fail(
                error.isMissingStream
                    ? "\(src) has no pictures in it, or of a kind that is not decoded; use an audio clip for a sound"
                    : error.operation == "open video" || error.operation == "read video"
                        ? "\(src) cannot be opened as video (\(error.message)); MP4, MOV, Matroska, WebM, AVI, FLV and MPEG-TS files are known"
                        : words(for: error, src))
        }
    }

    private mutating func probeCaptions(_ src: String) {
        let file: OpenFile
        let bytes: FileBytes
        do throws(LibavError) {
            file = try OpenFile(resolve(src, in: folder))
            guard file.fingerprint.size > 0 else { return fail("\(src) is empty") }
            guard file.fingerprint.size <= Captions.largestFile else {
                return fail("\(src) has more than \(Captions.largestFile >> 20) MiB, and is hardly a file of captions")
            }
            bytes = try file.bytes(limit: Captions.largestFile)
        } catch {
            return fail(words(for: error, src))
        }
        do throws(ComposeError) {
            media.captions[src] = try CaptionsInfo.of(file.fingerprint, name: src) { Array(bytes.contents) }
        } catch {
            // The file's name is the path of its own problems.
            return fail(error.problems.first.map(\.description) ?? error.description)
        }
        #if Text
            if scripts.contains(src) { probeScript(src, file.fingerprint, bytes) }
        #endif
    }

    #if Text
        /// Notes the events of a file that is shown in its own looks; nothing if it has none.
        private mutating func probeScript(_ src: String, _ fingerprint: FileFingerprint, _ bytes: FileBytes) {
            guard let text = try? Captions.script(reading: Array(bytes.contents), name: src) else { return }
            do throws(TextError) {
                media.captions[src]?.script = try ScriptInfo.of(fingerprint) { text }
            } catch {
                fail("\(src) cannot be shown in its own looks: \(error.message)")
            }
        }
    #endif

    /// The most bytes of a font file; those of Chinese, Japanese and Korean have up to 20 million.
    private static let fontBytes = 64 << 20

    private mutating func probeFont(_ src: String) {
        let path = resolve(src, in: folder)
        do throws(LibavError) {
            let file = try OpenFile(path)
            guard file.fingerprint.size > 0 else { return fail("\(src) is empty") }
            try file.expectSize(atMost: Self.fontBytes)
            // Another process that makes the plan again may work in another folder.
            let whole = URL(fileURLWithPath: path).standardizedFileURL.path
            fontFiles[src] = FontInfo(src: src, path: whole, family: nil, fingerprint: file.fingerprint)
        } catch {
            fail(words(for: error, src))
        }
    }

    /// Notes the timeline's fonts, and reports those that cannot be used.
    private mutating func openFonts(_ timeline: Timeline) {
        media.fonts.usesSystem = timeline.systemFonts
        media.fonts.files = timeline.fonts.compactMap { font in
            fontFiles[font.src].map { info in changed(info) { $0.family = font.family } }
        }
        #if Text
            for (index, font) in timeline.fonts.enumerated() {
                guard let info = fontFiles[font.src] else { continue }
                do throws(TextError) { _ = try FontSets.open(EditFonts(files: [info])) } catch {
                    problems.append(
                        Problem(path: "fonts[\(index)].src", message: "\(font.src) cannot be used: \(error.message)"))
                }
            }
        #endif
    }

    private static func words(for failure: ImageHeader.Failure, _ src: String) -> String {
        switch failure {
        case .empty: "\(src) is empty"
        case .notAnImage(let found):
            "\(src) is not a picture" + (found.map { " but \($0)" } ?? "")
                + "; JPEG, PNG, WebP, GIF, TIFF, BMP, SVG, HEIC and AVIF are known"
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

    /// Returns the file in the folder of a missing one whose name is closest to it.
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

extension Timeline {
    /// The captions' files that are shown in their own looks.
    fileprivate var scripts: Set<String> {
        var found: Set<String> = []
        for case .captions(let clip) in allClips where clip.looks == .file {
            if case .file(let src) = clip.content { found.insert(src) }
        }
        return found
    }
}

/// Returns the file-system path of a path in an edit, which is relative to the edit's folder unless it is absolute.
func resolve(_ src: String, in folder: String) -> String {
    src.hasPrefix("/") ? src : (folder as NSString).appendingPathComponent(src)
}
