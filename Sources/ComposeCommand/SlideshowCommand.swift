// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The command `compose slideshow`.
struct SlideshowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slideshow", abstract: "Make a video from photos, clips, music and captions.",
        discussion: "The music repeats until the end of the video, where it fades out.")

    private static let usual = Slideshow([])

    @Argument(help: ArgumentHelp("The photos and videos, in order.", valueName: "file"))
    var photos: [String]

    @Option(help: ArgumentHelp("The music.", valueName: "file"))
    var audio: String?

    @Option(help: ArgumentHelp("The captions: SRT, WebVTT, ASS, or a speech recogniser's JSON.", valueName: "file"))
    var captions: String?

    @Option(help: ArgumentHelp("How long each photo is shown, including transitions.", valueName: "seconds"))
    var duration = Seconds(usual.durationPerImage)

    @Option(help: ArgumentHelp("The transition between photos; 'none' for cuts.", valueName: "name"))
    var transition = TransitionName(style: usual.transition.style)

    @Option(help: ArgumentHelp("How long two photos overlap.", valueName: "seconds"))
    var transitionDuration = Seconds(usual.transition.duration)

    @Option(help: "Whether photos zoom in, zoom out, do both in turn, or do not move.")
    var motion = usual.motion

    @Option(help: ArgumentHelp("The largest zoom, at least 1.", valueName: "factor"))
    var zoom = usual.zoom

    @Option(help: ArgumentHelp("WIDTHxHEIGHT, or \(PixelSize.names.joined(separator: ", ")).", valueName: "size"))
    var size = usual.size

    @Option(help: ArgumentHelp("Frames per second, such as '30' or '30000/1001'.", valueName: "rate"))
    var fps = usual.frameRate

    @Option(help: "How each photo fills the canvas.")
    var fit = usual.fit

    @Option(help: ArgumentHelp("The colour where no photo covers the canvas, such as 'ffffff'.", valueName: "colour"))
    var background = usual.background

    @Option(help: ArgumentHelp("1 (best) … 51 (worst), or best, high, medium, small.", valueName: "quality"))
    var quality = VideoSettings().quality

    @Option(help: ArgumentHelp("Fast encoding, or small files.", valueName: "speed"))
    var speed = VideoSettings().speed

    @Option(help: "The encoders that may be used.")
    var encoder = VideoSettings().encoder

    @Option(help: ArgumentHelp("The volume of the music; 1 keeps it unchanged.", valueName: "factor"))
    var audioVolume = usual.audioVolume

    @Option(help: ArgumentHelp("The volume of the videos' own sound; 0 mutes them.", valueName: "factor"))
    var videoVolume = usual.videoVolume

    @Option(help: ArgumentHelp("How long the music takes to fade out.", valueName: "seconds"))
    var fadeOut = Seconds(usual.fadeOut)

    @Option(help: ArgumentHelp("Also write the edit as JSON, to change it and render it again.", valueName: "file"))
    var saveEdit: String?

    @OptionGroup var options: RenderOptions

    func run() async throws {
        let edit = edit
        let name = saveEdit ?? "slideshow"
        try await naming(name) { if let saveEdit { try save(edit, to: saveEdit) } }
        try await render(edit, in: ".", named: name, options)
    }

    private func save(_ edit: Edit, to path: String) throws {
        let data = try edit.json()
        do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw Failure("\(path) cannot be written: \(reason(error))")
        }
    }
}

extension SlideshowCommand {
    /// The edit that the options describe.
    var edit: Edit {
        var slideshow = Slideshow(photos.map { .init(stored($0)) }, audio: audio.map(stored))
        slideshow.captions = captions.map { .file(stored($0)) }
        slideshow.durationPerImage = duration.duration
        slideshow.transition = .init(transition.style, duration: transitionDuration.duration)
        slideshow.motion = motion
        slideshow.zoom = zoom
        slideshow.size = size
        slideshow.frameRate = fps
        slideshow.fit = fit
        slideshow.background = background
        slideshow.audioVolume = audioVolume
        slideshow.videoVolume = videoVolume
        slideshow.fadeOut = fadeOut.duration
        return changed(slideshow.edit) {
            $0.output.video = VideoSettings(encoder: encoder, quality: quality, speed: speed)
        }
    }

    /// Returns a media path for the saved edit: absolute if the edit is saved to a folder other than the current one.
    private func stored(_ path: String) -> String {
        guard let saveEdit else { return path }
        let folder = URL(fileURLWithPath: saveEdit).deletingLastPathComponent().standardizedFileURL.path
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).standardizedFileURL.path
        return folder == current ? path : URL(fileURLWithPath: path).path
    }
}
