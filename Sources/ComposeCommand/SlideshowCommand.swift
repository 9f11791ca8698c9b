// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The command `compose slideshow`.
struct SlideshowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slideshow", abstract: "Make a video of photos and music.",
        discussion: "The music starts again whenever it ends, and fades out at the end of the video.")

    /// How the photos move.
    enum MotionName: String, ExpressibleByArgument, CaseIterable { case alternate, `in`, out, none }

    @Argument(help: ArgumentHelp("The photos, in order.", valueName: "photo"))
    var photos: [String]

    @Option(help: ArgumentHelp("The music.", valueName: "file"))
    var audio: String?

    @Option(help: ArgumentHelp("How long each photo is shown, transitions included.", valueName: "seconds"))
    var duration = Seconds(4)

    @Option(help: ArgumentHelp("The way from photo to photo; 'none' cuts.", valueName: "name"))
    var transition = TransitionName.fade

    @Option(help: ArgumentHelp("How long two photos overlap.", valueName: "seconds"))
    var transitionDuration = Seconds(1)

    @Option(help: "Zoom in and out in turn, always in, always out, or not at all.")
    var motion = MotionName.alternate

    @Option(help: ArgumentHelp("How far to zoom, at least 1.", valueName: "factor"))
    var zoom = 1.2

    @Option(help: ArgumentHelp("WIDTHxHEIGHT, or \(PixelSize.names.joined(separator: ", ")).", valueName: "size"))
    var size = PixelSize.vertical1080

    @Option(help: ArgumentHelp("Frames a second, such as '30' or '30000/1001'.", valueName: "rate"))
    var fps: FrameRate = 30

    @Option(help: "How a photo fills the picture.")
    var fit = Fit.cover

    @Option(help: ArgumentHelp("What shows where no photo does, such as 'ffffff'.", valueName: "colour"))
    var background = Color.black

    @Option(help: ArgumentHelp("1 (best) … 51 (worst), or best, high, medium, small.", valueName: "quality"))
    var quality = VideoSettings().quality

    @Option(help: ArgumentHelp("Quick, or small.", valueName: "speed"))
    var speed = VideoSettings().speed

    @Option(help: "Which encoder may be used.")
    var encoder = VideoSettings().encoder

    @Option(help: ArgumentHelp("How loud the music is; 1 leaves it as it is.", valueName: "factor"))
    var audioVolume = 1.0

    @Option(help: ArgumentHelp("How long the music takes to fade out.", valueName: "seconds"))
    var fadeOut = Seconds(2)

    @Option(help: ArgumentHelp("Write the edit too, as JSON, to change it and render it again.", valueName: "file"))
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
        var pictures = Track(
            clips: photos.enumerated().map { index, photo in
                .image(ImageClip(stored(photo), duration: duration.duration, fit: fit).motion(motion(of: index)))
            })
        if let style = transition.style { pictures = pictures.joined(by: style, transitionDuration.duration) }
        return Edit(
            size: size, frameRate: fps, background: background,
            output: Output(video: VideoSettings(encoder: encoder, quality: quality, speed: speed))
        ) {
            pictures
            if let audio {
                Track {
                    AudioClip(stored(audio)).looping().volume(.constant(audioVolume)).fadeOut(fadeOut.duration)
                }
            }
        }
    }

    /// Zooms in or out around a point that is a little elsewhere from photo to photo.
    private func motion(of index: Int) -> Motion? {
        let points = [(0.5, 0.45), (0.42, 0.5), (0.58, 0.45), (0.5, 0.55), (0.45, 0.4)]
        let (x, y) = points[index % points.count]
        switch motion {
        case .none: return nil
        case .alternate where index.isMultiple(of: 2), .in: return .zoom(to: zoom, x: x, y: y)
        case .alternate, .out: return .zoom(from: zoom, x: x, y: y)
        }
    }

    /// A media path as the edit holds it: absolute where the edit is saved to another folder than the current one.
    private func stored(_ path: String) -> String {
        guard let saveEdit else { return path }
        let folder = URL(fileURLWithPath: saveEdit).deletingLastPathComponent().standardizedFileURL.path
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).standardizedFileURL.path
        return folder == current ? path : URL(fileURLWithPath: path).path
    }
}
