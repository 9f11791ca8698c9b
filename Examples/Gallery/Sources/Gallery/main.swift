// SPDX-License-Identifier: Apache-2.0

// Shows what the library has: a short clip of every transition, easing, blend mode, mask, entrance, exit and arrangement, and a contact sheet of each kind.
//
//     cd Examples/Gallery && swift run -c release Gallery gallery ../Media [--size 320x180] [--only transitions] [--sheets]

import Compose
import Foundation

guard let options = Options(CommandLine.arguments.dropFirst()) else {
    print("usage: Gallery FOLDER PHOTOS [--size WIDTHxHEIGHT] [--only COLLECTION] [--sheets]")
    exit(2)
}

/// Renders an exhibit into a clip.
func render(_ exhibit: Exhibit, to path: String) async throws {
    let edit = Edit(
        timeline: Timeline(size: options.size, tracks: exhibit.tracks),
        output: Output(video: VideoSettings(quality: .medium)))
    _ = try await Renderer().render(edit, in: options.photos, to: path).result
}

do {
    let stage = Stage(size: options.size)
    let renderer = Renderer()
    let all = Collection.all(on: stage)
    let wanted = all.filter { options.only == nil || $0.name == options.only }
    guard !wanted.isEmpty else {
        print("there is no collection \(options.only ?? ""); use one of \(all.map(\.name).joined(separator: ", "))")
        exit(2)
    }
    for collection in wanted {
        let folder = "\(options.folder)/\(collection.name)"
        try FileManager.default.createDirectory(
            atPath: options.sheetsAlone ? options.folder : folder, withIntermediateDirectories: true)
        if !options.sheetsAlone {
            for exhibit in collection.exhibits { try await render(exhibit, to: "\(folder)/\(exhibit.name).mp4") }
        }
        for page in collection.pages {
            let sheet = ContactSheet(page, tile: stage.tile)
            let path = "\(options.folder)/\(page.name).jpg"
            try await renderer.still(sheet.edit, at: sheet.time, in: options.photos, to: path)
            print("\(path): \(page.title.lowercased())")
        }
    }
} catch let error as ComposeError {
    print(error)  // a line for each problem, with its place in the edit
    exit(1)
}
