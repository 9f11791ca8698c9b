// SPDX-License-Identifier: Apache-2.0

// A slideshow of the sample photos with a logo and music.
//
//     cd Examples/Slideshow && swift run -c release Slideshow [video] [media folder]

import Compose

let arguments = CommandLine.arguments.dropFirst()
let video = arguments.first ?? "slideshow.mp4"
let media = arguments.dropFirst().first ?? "../Media"

// What stands in the README: two tracks, and a fade between every two photos.
let photos = (1...6).map { "photo\($0).jpg" }
var edit = Edit(size: .vertical1080) {
    Track("pictures") {
        for photo in photos { ImageClip(photo, duration: .seconds(4)).motion(.zoom(to: 1.2)) }
    }.joined(by: .fade, .seconds(1))
    Track("music") { AudioClip("music.m4a").looping().fadeOut(.seconds(2)) }
}

// An edit is a value: a track is added like an element to an array. Later tracks paint over earlier ones.
let appearing = Animated<Double>.keyframes([Keyframe(.zero, 0), Keyframe(.seconds(1), 0.9, easing: .easeOut)])
edit.timeline.tracks.append(
    Track("logo") {
        ImageClip("logo.png", duration: .seconds(18), fit: .contain)
            .starting(at: .seconds(1))
            .size(width: .pixels(160), height: .pixels(160))
            .position(x: .percent(95), y: .percent(3), anchor: .topRight)
            .opacity(appearing)
    })

do {
    let render = Renderer().render(edit, in: media, to: video)
    for await progress in render.progress { print("\(progress.frame) of \(progress.totalFrames) frames") }
    print(try await render.result)
} catch {
    print(error)  // a ComposeError: a line for each problem, with its place in the edit
}
