// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The check of one file.
struct MediaChecker {
    let file: MediaFile
    private let decoding: MediaDecoding
    /// What is known so far.
    private(set) var layout: FileLayout?
    private(set) var packets: PacketCheck?
    private(set) var video: VideoInfo?
    private(set) var pictures: PictureCheck?
    private(set) var sound: SoundCheck?

    init(_ file: MediaFile, _ decoding: MediaDecoding) {
        self.file = file
        self.decoding = decoding
    }

    /// The stream of the file's pictures, and that of its sound.
    var videoStream: FileScan.Stream? { packets?.video.flatMap { packets?.streams[$0] } }
    var soundStream: FileScan.Stream? { packets?.sound.flatMap { packets?.streams[$0] } }
    var videoTrack: PacketCheck.Track? { packets?.video.flatMap { packets?.tracks[$0] } }
    var soundTrack: PacketCheck.Track? { packets?.sound.flatMap { packets?.tracks[$0] } }
    /// The number of bytes of the file.
    private(set) var bytes = 0

    /// Reads and decodes the file, and blocks until it is done.
    mutating func report(_ isCancelled: () -> Bool) throws(ComposeError) -> MediaReport {
        try readForm()
        guard file.kind != .picture else { return try pictureReport() }
        packets = try PacketCheck(try open(), isCancelled: isCancelled)
        if file.kind == .video { try decodePictures(isCancelled) }
        if file.sound != nil, !isScattered { try decodeSound(isCancelled) }
        return describe()
    }

    /// Whether the times of the sound leave out so much that measuring the silence would take longer than anyone waits.
    var isScattered: Bool { silentTime > 3600 }

    /// The time before and between the packets of the sound in which the file has none, in seconds.
    var silentTime: Double {
        guard let track = soundTrack, track.start.isFinite else { return 0 }
        return track.gaps + max(0, track.start - zero)
    }

    private func open() throws(ComposeError) -> OpenFile {
        do throws(LibavError) { return try OpenFile(file.path) } catch { throw ComposeError(error, .unreadableMedia) }
    }

    private mutating func readForm() throws(ComposeError) {
        let opened = try open()
        bytes = Int(opened.fingerprint.size)
        if file.kind != .picture { layout = FileLayout(FileBlocks(opened)) }
    }

    private mutating func decodePictures(_ isCancelled: () -> Bool) throws(ComposeError) {
        let probe = MediaFile.examination(of: file.path, as: VideoClip(file.path), decoding)
        guard let info = probe.media.videos[file.path] else { throw MediaFile.refused(probe) }
        video = info
        let opened: VideoFile
        do throws(LibavError) {
            let handle = try OpenFile(file.path)
            try handle.expect(info.fingerprint)
            opened = try VideoFile(handle, maxPixels: MediaLimits.pixels, isolated: decoding == .isolated)
        } catch {
            throw ComposeError(error, .unreadableMedia)
        }
        pictures = try PictureCheck(opened, info.times, isCancelled: isCancelled)
    }

    private mutating func decodeSound(_ isCancelled: () -> Bool) throws(ComposeError) {
        let checked: CheckedSound
        if let video, let track = video.sound {
            checked = try CheckedSound(file.path, length: track.length, video.fingerprint)
        } else {
            checked = try CheckedSound(file.path)
        }
        sound = try SoundCheck(
            checked, start: file.sound?.start ?? 0, channels: soundStream?.channels ?? 2, isCancelled: isCancelled)
    }

    /// Returns the report of a still or animated picture, which is decoded if it is a still one.
    private func pictureReport() throws(ComposeError) -> MediaReport {
        let container = MediaReport.Container(
            format: file.pictures?.codec ?? "", bytes: bytes, statedDuration: nil, duration: nil, streams: 1,
            isFastStart: nil, editLists: nil)
        var report = MediaReport(file.path, .picture, container)
        let probe = MediaFile.examination(of: file.path, as: ImageClip(file.path, duration: .seconds(1)))
        guard let info = probe.media.images[file.path] else { throw MediaFile.refused(probe) }
        guard info.header.times == nil else { return report }
        do throws(LibavError) {
            let opened = try OpenFile(file.path)
            try opened.expect(info.fingerprint)
            if let reason = try PictureTrial.failure(info.header, opened) {
                report.findings.append(
                    MediaReport.Finding(.damage, .error, "the picture cannot be decoded (\(reason)); save it anew"))
            }
        } catch {
            throw ComposeError(error, .unreadableMedia)
        }
        return report
    }
}
