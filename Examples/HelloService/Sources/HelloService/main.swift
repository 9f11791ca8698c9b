// SPDX-License-Identifier: Apache-2.0

// Two edits at the same time, one that is called off, and one that is wrong.
//
//     cd Examples/HelloService && swift run -c release HelloService [media folder]

import Compose
import Foundation

/// The body of a request: two photos of the sample media, for a while each.
func request(_ first: String, _ second: String, transition: String, seconds: Int) -> Data {
    Data(
        """
        { "version": 1,
          "timeline": {
            "size": { "width": 640, "height": 360 },
            "tracks": [
              { "clips": [
                { "type": "image", "src": "\(first)", "duration": \(seconds), "motion": { "to": { "zoom": 1.2 } } },
                { "type": "transition", "name": "\(transition)", "duration": 0.5 },
                { "type": "image", "src": "\(second)", "duration": \(seconds) } ] },
              { "clips": [ { "type": "audio", "src": "music.m4a", "loop": true, "fadeOut": 1 } ] } ] } }
        """.utf8)
}

let videos = FileManager.default.temporaryDirectory.appendingPathComponent("hello-service").path
try FileManager.default.createDirectory(atPath: videos, withIntermediateDirectories: true)
let service = RenderService(media: CommandLine.arguments.dropFirst().first ?? "../Media", videos: videos)

async let sunrise = service.render(request("photo1.jpg", "photo2.jpg", transition: "fade", seconds: 3))
async let city = service.render(request("photo3.jpg", "photo4.jpg", transition: "wipeLeft", seconds: 3))
for report in try await [sunrise, city] {
    print("\(report.path): \(report.video?.frames ?? 0) frames in \(report.elapsedSeconds) s")
}

// The client has gone away: its task is cancelled, and so is the render.
let abandoned = Task {
    try await service.render(request("photo5.jpg", "photo6.jpg", transition: "dissolve", seconds: 600))
}
try await Task.sleep(for: .milliseconds(300))
abandoned.cancel()
do { _ = try await abandoned.value } catch let error as ComposeError where error.code == .cancelled {
    print("called off: \(error)")
}

// What a service answers with status 400: every problem, each with its place in the document.
do {
    _ = try await service.render(request("photo1.jpeg", "photo2.jpg", transition: "wipeLeft", seconds: -1))
} catch let error as ComposeError where error.code == .invalidEdit {
    for problem in error.problems { print("wrong edit: \(problem)") }
}
