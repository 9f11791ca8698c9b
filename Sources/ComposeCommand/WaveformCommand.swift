// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The command `compose waveform`.
struct WaveformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waveform", abstract: "Draw the sound of a file, or write its peaks as JSON.",
        discussion: """
            The extension of the output chooses: .png draws peaks and loudness, .json writes them as the BBC's audiowaveform \
            does (version 2), with the loudness as 'rms'.
            """)

    @Argument(help: ArgumentHelp("A sound or a video.", valueName: "file"))
    var input: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The .png or .json file to write; '-' writes JSON to standard output.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("The width of the picture, or the most bins of JSON.", valueName: "n"))
    var width = 1800

    @Option(help: ArgumentHelp("The height of the picture.", valueName: "n"))
    var height = 280

    @Option(help: ArgumentHelp("In JSON: the samples of each bin, at 48 kHz, in place of --width.", valueName: "n"))
    var samplesPerBin: Int?

    @Option(help: "Channels: 1 mixes left and right, 2 shows both.")
    var channels = 1

    @Option(help: "In JSON: the bits of a number, 8 or 16.")
    var bits = 8

    @Option(help: ArgumentHelp("The colour of the peaks, such as #8ab4d8.", valueName: "colour"))
    var color: Color?

    @Option(help: ArgumentHelp("The colour of the loudness.", valueName: "colour"))
    var loudnessColor: Color?

    @Option(help: ArgumentHelp("What lies behind; clear by default.", valueName: "colour"))
    var background: Color?

    @OptionGroup var log: LogOptions

    private var isPicture: Bool { output.lowercased().hasSuffix(".png") }

    func validate() throws {
        guard isPicture || output == "-" || output.lowercased().hasSuffix(".json") else {
            throw ValidationError("The extension of \(output) is neither .png nor .json.")
        }
        guard (1...2).contains(channels) else { throw ValidationError("--channels is 1 or 2.") }
        guard Waveform.Bits(rawValue: bits) != nil else { throw ValidationError("--bits is 8 or 16.") }
        guard (1...32767).contains(height) else { throw ValidationError("--height is 1…32767.") }
        guard (1...(isPicture ? 32767 : Waveform.mostBins)).contains(width) else {
            throw ValidationError("--width is 1…\(isPicture ? 32767 : Waveform.mostBins).")
        }
        if isPicture, samplesPerBin != nil {
            throw ValidationError("--samples-per-bin is for JSON; a picture has its --width.")
        }
    }

    func run() async throws {
        log.take()
        // A picture's columns begin between bins, so there are more bins than columns.
        let resolution =
            samplesPerBin.map { Waveform.Resolution.samplesPerBin($0) } ?? .bins(isPicture ? width * 8 : width)
        let (input, channels) = (input, channels)
        let waveform = try await untilSignal {
            try await naming(input) { try await Waveform.read(input, resolution, channels: channels) }
        }
        guard let bits = Waveform.Bits(rawValue: bits) else { return }
        guard isPicture else { return try Console.write(waveform.json(bits: bits), to: output) }
        let bytes: Data
        do { bytes = try picture(waveform) } catch let error as ComposeError { throw Failure(error, edit: input) }
        try Console.write(bytes, to: output)
    }

    private func picture(_ waveform: Waveform) throws -> Data {
        var look = Waveform.Look(width: width, height: height)
        if let color { look.peaks = color }
        if let loudnessColor { look.loudness = loudnessColor }
        if let background { look.background = background }
        return try waveform.png(look)
    }
}
