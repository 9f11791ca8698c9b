// SPDX-License-Identifier: Apache-2.0

extension Edit {
    /// Returns a copy of the edit with the output's format, codecs and pixel format filled in for `path`.
    package func settled(for path: String?) -> Edit {
        var edit = self
        let format = output.format ?? path.flatMap { Output.Format(path: $0) } ?? .mp4
        edit.output.format = format
        let container = format.container
        if let codec = output.video.codec ?? container.video.first {
            edit.output.video.codec = codec
            edit.output.video.pixelFormat =
                output.video.pixelFormat
                ?? codec.usualPixelFormat(
                    alpha: timeline.background.alpha < 255 && container.keepsAlpha(of: codec))
        }
        edit.output.audio.codec = output.audio.codec ?? container.audio.first ?? .noSound
        return edit
    }
}

/// What the rules of values may ask of an edit.
struct EditContext: RuleContext {
    private let edit: Edit
    private let settled: Output
    private let path: String?

    /// Creates the context of an edit whose output goes to `path`.
    init(_ edit: Edit, for path: String?) {
        self.edit = edit
        self.path = path
        settled = edit.settled(for: path).output
    }

    var canvas: (width: Int, height: Int) { (edit.timeline.size.width, edit.timeline.size.height) }
    var hasSound: Bool {
        edit.timeline.tracks.contains { $0.clips.contains { $0.kind.placement.playsSound } }
    }
    var hasSoundClips: Bool {
        edit.timeline.allClips.contains { $0.kind.placement.content == .sound }
    }
    var tracksWithSound: [String] {
        edit.timeline.tracks.filter { $0.clips.contains { $0.kind.placement.playsSound } }.compactMap(\.id)
    }
    var nameOfFormat: String? { edit.output.format == nil ? path : nil }
    var format: String { settled.settledFormat.rawValue }
    var audioCodec: String? { edit.output.audio.codec?.rawValue }
    var opaqueCodec: String? {
        settled.hasVideo && !settled.hasAlpha ? settled.video.codec?.rawValue ?? "the output" : nil
    }
}
