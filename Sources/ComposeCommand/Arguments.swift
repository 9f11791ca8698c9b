// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Compose

/// A time on the command line: `2`, `2.5`, or a fraction such as `17/30`.
struct Seconds: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let terms = argument.split(separator: "/", omittingEmptySubsequences: false)
        if terms.count == 2 {
            guard let top = Self.whole(terms[0]), let bottom = Self.whole(terms[1]), bottom > 0 else { return nil }
            duration = .seconds(top) / bottom
            return
        }
        let parts = argument.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0].isEmpty ? parts.count == 2 : true,
            let seconds = parts[0].isEmpty ? 0 : Self.whole(parts[0])
        else { return nil }
        var attoseconds: Int64 = 0
        if parts.count == 2 {
            guard (1...18).contains(parts[1].count), let digits = Self.whole(parts[1]) else { return nil }
            attoseconds = (parts[1].count..<18).reduce(Int64(digits)) { value, _ in value * 10 }
        }
        duration = Duration(secondsComponent: Int64(seconds), attosecondsComponent: attoseconds)
    }

    var defaultValueDescription: String { plain(duration / .seconds(1)) }

    private static func whole(_ text: Substring) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
    }
}

extension Captions.Format: ExpressibleByArgument {}
extension Fit: ExpressibleByArgument {}
extension Platform: ExpressibleByArgument {}
extension Slideshow.Move: ExpressibleByArgument {}
extension VideoSettings.Speed: ExpressibleByArgument {}
extension VideoSettings.EncoderChoice: ExpressibleByArgument {}

extension VideoSettings.Quality: ExpressibleByArgument {
    /// Creates a quality from a word or a number.
    public init?(argument: String) {
        switch argument {
        case "best": self = .best
        case "high": self = .high
        case "medium": self = .medium
        case "small": self = .small
        default:
            guard let number = Double(argument) else { return nil }
            self = .number(number)
        }
    }

    /// The number, for the help.
    public var defaultValueDescription: String { plain(crf) }
}

extension FrameRate: ExpressibleByArgument {
    /// Creates a rate from `30` or `30000/1001`.
    public init?(argument: String) {
        let terms = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard let numerator = terms[0], terms.count <= 2, let denominator = terms.count == 2 ? terms[1] : 1 else {
            return nil
        }
        self.init(numerator, denominator)
    }
}

extension PixelSize: ExpressibleByArgument {
    static let names = ["vertical1080", "vertical720", "hd1080", "hd720", "square1080", "uhd"]

    /// Creates a size from `1080x1920` or a name.
    public init?(argument: String) {
        switch argument {
        case "vertical1080": self = .vertical1080
        case "vertical720": self = .vertical720
        case "hd1080": self = .hd1080
        case "hd720": self = .hd720
        case "square1080": self = .square1080
        case "uhd": self = .uhd
        default:
            self.init(argument)
        }
    }
}

extension Color: ExpressibleByArgument {
    /// Creates a colour from CSS notation; the number sign may be omitted, because it starts a comment in shells.
    public init?(argument: String) {
        self.init(hex: argument.hasPrefix("#") ? argument : "#" + argument)
    }
}

/// A transition's name, or `none`.
struct TransitionName: ExpressibleByArgument, CustomStringConvertible {
    let style: Transition.Style?

    static let allValueStrings = Transition.Style.all.map(\.name) + ["none"]

    init(style: Transition.Style?) { self.style = style }

    init?(argument: String) {
        style = Transition.Style(name: argument)
        if style == nil && argument != "none" { return nil }
    }

    var description: String { style?.name ?? "none" }
}
