// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// A printer of a render's progress and report.
struct ProgressPrinter {
    enum Style: String, CaseIterable, ExpressibleByArgument {
        /// A bar if standard error is a terminal, otherwise nothing.
        case auto
        case bar, json, none
    }

    private let style: Style
    /// The format of the report; `nil` means that it is not printed.
    private let report: Form?

    enum Form { case words, json }

    init(_ style: Style, report: Form?) {
        self.style = style == .auto ? Console.isWatched ? .bar : .none : style
        self.report = report
    }

    /// Shows progress.
    func show(_ progress: Render.Progress) throws {
        switch style {
        case .bar: Console.mark("\r\(Self.bar(progress))\u{1B}[K")
        case .json: try Console.say(json: ProgressLine(progress))
        case .auto, .none: break
        }
    }

    /// Prints the report of a finished render.
    func finish(_ report: Report) throws {
        clear()
        switch self.report {
        case .words: try Console.say(report.description)
        case .json: try Console.say(json: ["report": report])
        case nil: break
        }
    }

    /// Erases the bar, so that a message can replace it.
    func clear() {
        if style == .bar { Console.mark("\r\u{1B}[K") }
    }

    static func bar(_ progress: Render.Progress) -> String {
        let width = 24
        let filled = Int(progress.fractionCompleted * Double(width))
        var text = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        text += " \(Int(progress.fractionCompleted * 100))%  \(progress.frame)/\(progress.totalFrames)"
        if let left = progress.secondsRemaining {
            text += "  \(Int(progress.framesPerSecond.rounded())) frames/s  \(time(left)) left"
        }
        return text
    }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded(.up))
        return Duration.seconds(whole).formatted(.time(pattern: whole < 3600 ? .minuteSecond : .hourMinuteSecond))
    }
}

/// A line of progress for programs.
private struct ProgressLine: Encodable {
    let progress: Render.Progress

    init(_ progress: Render.Progress) { self.progress = progress }

    enum Key: CodingKey { case frame, totalFrames, framesPerSecond, secondsRemaining, fraction }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(progress.frame, forKey: .frame)
        try fields.encode(progress.totalFrames, forKey: .totalFrames)
        try fields.encode(rounded(progress.framesPerSecond), forKey: .framesPerSecond)
        // Always written; `null` while it is unknown.
        try fields.encode(progress.secondsRemaining.map(rounded), forKey: .secondsRemaining)
        try fields.encode(rounded(progress.fractionCompleted), forKey: .fraction)
    }

    private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
