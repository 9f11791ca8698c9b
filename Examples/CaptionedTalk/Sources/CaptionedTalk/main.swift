// SPDX-License-Identifier: Apache-2.0

// Captions a talk word by word: a video, or a photo and a sound, becomes a vertical video with a title.
//
//     swift run -c release CaptionedTalk talk.mp4 "Golden hour" words.json ../Media/photo2.jpg ../Media/music.m4a

import Compose
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
guard (4...5).contains(arguments.count) else {
    print("usage: CaptionedTalk VIDEO TITLE WORDS FILE [SOUND]")
    exit(2)
}
let (video, title, words, file) = (arguments[0], arguments[1], arguments[2], arguments[3])

/// Returns what is seen and heard: a video, or a photo that slowly comes closer for as long as the sound lasts.
func scene(_ sound: String?) async throws -> [Clip] {
    guard let sound else { return [VideoClip(file).clip] }
    let length = try await MediaFile.probe(sound).sound?.duration ?? 0
    return [ImageClip(file, duration: .seconds(length)).motion(.zoom(to: 1.15)).clip, AudioClip(sound).clip]
}

// A few words at a time in large letters, with a box behind the one that is spoken.
let few = CaptionGrouping(mostWords: 4, mostCharacters: 16, punctuation: ".,:;?!", closedGap: .milliseconds(500))
let shadow = TextShadow(y: 6, blur: 24)
var letters = TextStyle(size: .percent(5), weight: 800, stroke: TextStroke(.black, width: 5), shadows: [shadow])
letters.letterCase = .upper
var box = TextBackground(Color(red: 224, green: 36, blue: 94), padding: 10, cornerRadius: 18)
box.paddingY = 2
let active = ActiveWord(color: .white, background: box)

let large = TextStyle(size: .percent(6), weight: 800, shadows: [shadow])
let fading = Animated<Double>.keyframes([
    Keyframe(.zero, 0), Keyframe(.milliseconds(400), 1), Keyframe(.milliseconds(4500), 1), Keyframe(.seconds(5), 0),
])

do {
    let scene = try await scene(arguments.dropFirst(4).first)
    let edit = Edit(size: .vertical1080) {
        for clip in scene { Track(clips: [clip]) }
        Track("captions") {
            CaptionsClip(words, style: letters, active: active).grouped(by: few).safeArea(.reels)
        }
        Track("title") {
            TextClip(title, style: large)
                .position(x: .percent(50), y: .percent(100 * SafeArea.reels.margins.top + 2), anchor: .top)
                .opacity(fading)
        }
    }
    print(try await Renderer().render(edit, to: video).result)
} catch let error as ComposeError {
    print(error)  // a line for each problem, with its place in the edit
    exit(1)
}
