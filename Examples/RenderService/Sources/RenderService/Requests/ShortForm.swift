// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation

/// A slideshow in a few words: `{"images": ["a.jpg", "b.jpg"], "audio": "music.m4a", "transition": "fade"}`.
struct ShortForm {
    /// The edit it stands for.
    let edit: Edit

    private static let members = [
        "images", "audio", "durationPerImage", "transition", "size", "motion", "fit", "frameRate",
    ]

    /// Throws ``ComposeProblems`` with everything that is wrong.
    init(_ members: [String: JSONValue]) throws(ComposeProblems) {
        var reader = Reader(members: members)
        for name in members.keys.sorted() where !Self.members.contains(name) {
            reader.refuse(name, "unknown field; known fields: \(Self.members.joined(separator: ", "))")
        }
        let seconds = reader.seconds("durationPerImage") ?? .seconds(4)
        let fit = reader.word("fit", Fit.allCases.map { ($0.rawValue, $0) }) ?? .cover
        let motion = reader.word("motion", Motions.allCases.map { ($0.rawValue, $0) }) ?? .none
        let pictures = reader.images(seconds).enumerated().map { index, picture in
            Clip.image(
                ImageClip(picture.src, duration: picture.duration, fit: fit).motion(motion.motion(of: index)))
        }
        var track = Track(clips: pictures)
        if let (style, duration) = reader.transition() { track = track.joined(by: style, duration) }
        var tracks = [track]
        if let src = reader.text("audio") {
            tracks.append(Track(clips: [.audio(AudioClip(src).looping().fadeOut(.seconds(2)))]))
        }
        let size = reader.size() ?? PixelSize(width: 1920, height: 1080)
        let rate = reader.frameRate() ?? 30
        guard reader.problems.isEmpty else { throw ComposeProblems(reader.problems) }
        edit = Edit(timeline: Timeline(size: size, frameRate: rate, tracks: tracks))
    }

    /// How pictures move.
    private enum Motions: String, CaseIterable {
        case none, zoomIn, zoomOut, alternate

        func motion(of index: Int) -> Motion? {
            switch self {
            case .none: nil
            case .zoomIn: .zoom(to: 1.2)
            case .zoomOut: .zoom(from: 1.2)
            case .alternate: index.isMultiple(of: 2) ? .zoom(to: 1.2) : .zoom(from: 1.2)
            }
        }
    }
}

private struct Reader {
    let members: [String: JSONValue]
    var problems: [Problem] = []

    mutating func refuse(_ path: String, _ message: String) {
        problems.append(Problem(path: path, message: message))
    }

    /// A member that is there and not null.
    private func value(_ name: String) -> JSONValue? { members[name].flatMap { $0 == .null ? nil : $0 } }

    mutating func text(_ name: String) -> String? {
        switch value(name) {
        case nil: return nil
        case .string(let text) where !text.isEmpty: return text
        default:
            refuse(name, "expected a file's name")
            return nil
        }
    }

    mutating func seconds(_ name: String) -> Duration? {
        value(name).flatMap { seconds($0, at: name) }
    }

    /// Up to a day; `nil` and a problem for anything else.
    private mutating func seconds(_ value: JSONValue, at path: String) -> Duration? {
        if case .number(let text) = value, let number = Double(text), number > 0, number <= 86_400 {
            return .milliseconds(Int((number * 1000).rounded()))
        }
        refuse(path, "expected seconds, a number above 0 such as 4")
        return nil
    }

    mutating func word<Value>(_ name: String, _ words: [(String, Value)]) -> Value? {
        guard let value = value(name) else { return nil }
        if case .string(let text) = value, let found = words.first(where: { $0.0 == text }) { return found.1 }
        refuse(name, "expected one of \(words.map(\.0).joined(separator: ", "))")
        return nil
    }

    mutating func images(_ usual: Duration) -> [(src: String, duration: Duration)] {
        guard case .array(let items) = members["images"], !items.isEmpty else {
            refuse("images", "expected an array of at least one picture: names, or objects with src and duration")
            return []
        }
        return items.enumerated().compactMap { index, item in
            switch item {
            case .string(let src) where !src.isEmpty: return (src, usual)
            case .object(let members):
                for name in members.keys.sorted() where !["src", "duration"].contains(name) {
                    refuse("images[\(index)].\(name)", "unknown field; known fields: src, duration")
                }
                guard case .string(let src) = members["src"], !src.isEmpty else { break }
                guard let duration = members["duration"] else { return (src, usual) }
                return seconds(duration, at: "images[\(index)].duration").map { (src, $0) }
            default: break
            }
            refuse("images[\(index)]", "expected a picture's name, or an object with src and duration")
            return nil
        }
    }

    mutating func transition() -> (Transition.Style, Duration)? {
        var duration = Duration.seconds(1)
        var name = "fade"
        switch value("transition") {
        case nil: break
        case .string(let text): name = text
        case .object(let members):
            for name in members.keys.sorted() where !["name", "duration"].contains(name) {
                refuse("transition.\(name)", "unknown field; known fields: name, duration")
            }
            if case .string(let text) = members["name"] { name = text }
            if let given = members["duration"] { duration = seconds(given, at: "transition.duration") ?? duration }
        default: refuse("transition", "expected a transition's name, or an object with name and duration")
        }
        if name == "none" { return nil }
        guard let style = Transition.Style(name: name) else {
            refuse(
                "transition",
                "there is no transition \(name.debugDescription); there are none, "
                    + Transition.Style.all.map(\.name).joined(separator: ", "))
            return nil
        }
        return (style, duration)
    }

    mutating func size() -> PixelSize? {
        switch value("size") {
        case nil: return nil
        case .string(let text):
            let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            if sides.count == 2, let width = sides[0], let height = sides[1] {
                return PixelSize(width: width, height: height)
            }
        case .object(let members):
            if case .number(let width) = members["width"], case .number(let height) = members["height"],
                members.count == 2, let width = Int(width), let height = Int(height)
            {
                return PixelSize(width: width, height: height)
            }
        default: break
        }
        refuse("size", "expected \"1920x1080\", or an object with width and height")
        return nil
    }

    mutating func frameRate() -> FrameRate? {
        switch value("frameRate") {
        case nil: return nil
        case .number(let text):
            if let rate = Int(text), (1...240).contains(rate) { return FrameRate(rate) }
        case .string(let text):
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
            if parts.count == 2, let numerator = parts[0], let denominator = parts[1],
                (1...1_000_000).contains(numerator), (1...1_000_000).contains(denominator)
            {
                return FrameRate(numerator, denominator)
            }
        default: break
        }
        refuse("frameRate", "expected frames a second, such as 30 or \"30000/1001\"")
        return nil
    }
}
