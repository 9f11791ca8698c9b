// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose

/// The command `compose probe`.
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Say what a picture, video or sound file holds.",
        discussion: "Lengths and numbers of pictures are counted, not taken from headers.")

    @Argument(help: ArgumentHelp("The files.", valueName: "file"))
    var files: [String]

    @Flag(help: "Print JSON: an array with an object for each file.")
    var json = false

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        log.take()
        var found: [MediaFile] = []
        for file in files {
            let media = try await naming(file) { try await MediaFile.probe(file, decoding: decoding.place) }
            if json { found.append(media) } else { try Console.say(media.description) }
        }
        if json { try Console.say(json: found) }
    }
}
