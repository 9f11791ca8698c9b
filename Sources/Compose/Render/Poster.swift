// SPDX-License-Identifier: Apache-2.0

internal import Encoders
internal import Libav

/// A single picture of an edit, written to a file.
struct Poster {
    /// The edit with the picture's format as its output.
    let edit: Edit

    init(_ edit: Edit, path: String) {
        let codec: VideoSettings.Codec =
            switch path.split(separator: ".").last?.lowercased() {
            case "jpg", "jpeg": .jpeg
            case "webp": .webp
            case "tif", "tiff": .tiff
            default: .png
            }
        var poster = edit
        let format: Output.Format =
            switch codec {
            case .jpeg: .jpeg
            case .webp: .webp
            case .tiff: .tiff
            default: .png
            }
        poster.output = Output(
            format: format,
            video: VideoSettings(codec: codec, quality: edit.output.video.quality, speed: edit.output.video.speed),
            audio: AudioSettings(codec: AudioSettings.Codec.noSound))
        self.edit = poster
    }

    /// Returns the picture as the bytes of a file.
    func encode(_ frame: Frame, _ plan: Plan) throws(ComposeError) -> [UInt8] {
        var search = EncoderSearch(EncoderRequest(plan))
        guard let opened = search.next() else {
            let reasons = search.rejected.map(\.description).joined(separator: "; ")
            throw ComposeError(
                .invalidEdit,
                "the picture cannot be written as \(plan.output.settledFormat.rawValue): \(reasons); "
                    + "use another file extension, such as .png")
        }
        var bytes: [UInt8] = []
        do throws(LibavError) {
            try opened.encoder.send(frame, at: 0)
            try opened.encoder.drain()
            while case .packet(let packet) = try opened.encoder.receive() { bytes += packet.bytes }
        } catch {
            throw ComposeError(error, .renderFailed)
        }
        return bytes
    }
}
