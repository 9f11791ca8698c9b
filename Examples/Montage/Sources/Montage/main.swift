// SPDX-License-Identifier: Apache-2.0

// Joins photos and clips, in the order given, to music.
//
//     cd Examples/Montage && swift run -c release Montage montage.mp4 music.m4a photo.jpg clip.mp4 …

import Compose
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 3 else {
    print("usage: Montage VIDEO MUSIC FILE…")
    exit(2)
}
let (video, music, files) = (arguments[0], arguments[1], arguments.dropFirst(2))

/// Returns the scene of a file: a photo that slowly comes closer, or the middle five seconds of a video.
func scene(_ file: String) async throws -> Clip {
    let media = try await MediaFile.probe(file)
    guard media.kind == .video, let length = media.pictures?.duration else {
        return ImageClip(file, duration: .seconds(3)).motion(.zoom(to: 1.15)).clip
    }
    let part = min(length, 5)
    return VideoClip(file)
        .trimmed(from: .seconds((length - part) / 2), duration: .seconds(part))
        .volume(0.3).fadeIn(.milliseconds(300)).fadeOut(.milliseconds(300)).clip
}

do {
    var scenes: [Clip] = []
    for file in files { scenes.append(try await scene(file)) }
    let edit = Edit(size: .hd1080) {
        Track(clips: scenes).joined(by: .fade, .milliseconds(500))
        Track("music") { AudioClip(music).looping().volume(0.7).fadeOut(.seconds(2)) }
    }
    print(try await Renderer().render(edit, to: video).result)
} catch let error as ComposeError {
    print(error)  // a line for each problem, with its place in the edit
    exit(1)
}
