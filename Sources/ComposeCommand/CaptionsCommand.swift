// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The command `compose captions`.
struct CaptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "captions", abstract: "Convert captions, and make cues out of words.",
        discussion: """
            Reads SubRip, WebVTT, ASS and the JSON of speech recognisers; writes srt, vtt, ass, json (segments with words, as \
            Whisper writes them), words (a flat list, as JSON) and txt. What was left out or corrected is printed.
            """)

    @Argument(help: ArgumentHelp("The captions; '-' reads standard input.", valueName: "file"))
    var input: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write; '-' is standard output, which needs --to.", valueName: "file"))
    var output: String

    @Option(help: "The format of the input; by default its contents and its extension tell.")
    var from: Captions.Format?

    @Option(help: "The format of the output; by default its extension tells.")
    var to: Captions.Format?

    @Option(help: ArgumentHelp("The language to note in the output, such as en.", valueName: "tag"))
    var language: String?

    @OptionGroup var grouping: GroupingOptions

    @Flag(help: "Estimate words where the input has none, by the number of their characters.")
    var words = false

    @Flag(help: "Print the summary and the warnings as JSON, on standard error.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print only errors.")
    var quiet = false

    func validate() throws {
        if from == .text { throw ValidationError("Plain text has no times, so it cannot be read.") }
        if json && quiet { throw ValidationError("Give --json or --quiet, not both.") }
        if to == nil, Captions.Format(path: output) == nil {
            throw ValidationError(
                output == "-"
                    ? "Give --to, the format for standard output: \(Self.formats)."
                    : "The extension of \(output) is none of a caption format; give --to: \(Self.formats).")
        }
    }

    private static var formats: String { Captions.Format.allCases.map(\.rawValue).joined(separator: ", ") }

    func run() throws {
        guard let format = to ?? Captions.Format(path: output) else { return }
        let bytes = try read()
        var captions: Captions
        do throws(ComposeError) { captions = try Captions(reading: bytes, name: input, as: from) } catch {
            throw Failure(edit: input, error.problems.map(\.message).joined(separator: "\n"))
        }
        let count = captions.cues.count
        if let grouping = grouping.grouping { captions = captions.grouped(by: grouping) }
        if words { captions = captions.withWords() }
        if let language { captions.language = language }
        try Console.write(captions.written(as: format), to: output)
        if quiet { return }
        let summary = CaptionsSummary(captions, input: input, cuesRead: count, output: output, format: format)
        Console.complain(json ? [try summary.json()] : summary.lines)
    }

    /// Returns the input's bytes; no more than one past what is read, however long it is.
    private func read() throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let file =
                input == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
            while bytes.count <= Captions.largestFile, let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
                bytes += part
            }
        } catch {
            throw Failure(edit: input, "cannot be read: \(reason(error))")
        }
        return bytes
    }
}

/// The options for making cues out of words.
struct GroupingOptions: ParsableArguments {
    /// The name of a preset.
    enum Preset: String, ExpressibleByArgument, CaseIterable {
        case subtitles, phrases, words

        var grouping: CaptionGrouping {
            switch self {
            case .subtitles: .subtitles
            case .phrases: .phrases
            case .words: .words
            }
        }
    }

    @Option(
        help: """
            Make cues out of the words: subtitles (two lines), phrases (a few words at a time) or words (one at a time). The \
            options below change one of these, subtitles by default.
            """)
    var group: Preset?

    @Option(help: ArgumentHelp("The most words in a cue.", valueName: "n"))
    var mostWords: Int?

    @Option(help: ArgumentHelp("The most characters in a line.", valueName: "n"))
    var mostCharacters: Int?

    @Option(help: ArgumentHelp("The most lines in a cue.", valueName: "n"))
    var mostLines: Int?

    @Option(help: ArgumentHelp("The shortest silence that ends a cue, in seconds.", valueName: "s"))
    var pause: Seconds?

    @Option(help: ArgumentHelp("The characters that end a cue after a word.", valueName: "characters"))
    var punctuation: String?

    @Option(help: ArgumentHelp("How long a cue lasts at least, in seconds.", valueName: "s"))
    var shortest: Seconds?

    @Option(help: ArgumentHelp("How long a cue lasts at most, in seconds.", valueName: "s"))
    var longest: Seconds?

    @Option(help: ArgumentHelp("The longest gap between two cues that is closed, in seconds.", valueName: "s"))
    var closeGaps: Seconds?

    func validate() throws {
        for (name, value) in [
            ("--most-words", mostWords), ("--most-characters", mostCharacters), ("--most-lines", mostLines),
        ] where !(1...100_000).contains(value ?? 1) {
            throw ValidationError("\(name) is 1…100000.")
        }
    }

    /// What the options ask for; `nil` if there are none.
    var grouping: CaptionGrouping? {
        var grouping = (group ?? .subtitles).grouping
        var isChanged = group != nil
        func set<Value>(_ value: Value?, _ path: WritableKeyPath<CaptionGrouping, Value>) {
            guard let value else { return }
            grouping[keyPath: path] = value
            isChanged = true
        }
        set(mostWords.map(Optional.some), \.mostWords)
        set(mostCharacters.map(Optional.some), \.mostCharacters)
        set(mostLines, \.mostLines)
        set(pause.map { $0.duration }, \.pause)
        set(punctuation, \.punctuation)
        set(shortest?.duration, \.shortest)
        set(longest.map { $0.duration }, \.longest)
        set(closeGaps?.duration, \.closedGap)
        return isChanged ? grouping : nil
    }
}
