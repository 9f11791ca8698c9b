// SPDX-License-Identifier: Apache-2.0

import Compose

/// What the command line asks for.
struct Options {
    /// The folder for clips and contact sheets.
    let folder: String
    /// The folder with the photos.
    let photos: String
    /// The size of the clips.
    var size = PixelSize(width: 320, height: 180)
    /// The collection to show; `nil` for all of them.
    var only: String?
    /// Whether no clips are rendered, and contact sheets alone.
    var sheetsAlone = false

    /// Reads the arguments; `nil` if they cannot be understood.
    init?(_ arguments: some Sequence<String>) {
        var words: [String] = []
        var iterator = arguments.makeIterator()
        while let argument = iterator.next() {
            switch argument {
            case "--sheets": sheetsAlone = true
            case "--only":
                guard let name = iterator.next() else { return nil }
                only = name
            case "--size":
                let sides = (iterator.next() ?? "").split(separator: "x").map { Int($0) }
                guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
                size = PixelSize(width: width, height: height)
            case let word where !word.hasPrefix("-"): words.append(word)
            default: return nil
            }
        }
        guard words.count == 2 else { return nil }
        (folder, photos) = (words[0], words[1])
    }
}
