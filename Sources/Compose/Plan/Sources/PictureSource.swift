// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A source of pictures as a plan describes it, from which a render opens a reader.
///
/// Planning, folding, keys and printing ask it; the render asks its reader. Nobody asks what kind of source it is.
/// Frames are output frames, numbered from the source's own start.
package protocol PictureSource: Sendable, Hashable, CustomStringConvertible {
    /// The file's path as written in the edit; `nil` if the source has no file.
    var file: String? { get }
    /// The plan of what is composed for it, with sources of its own; `nil` for others.
    var inner: Plan? { get }
    /// Whether the source shows the same picture in every frame, so that it has no start of its own.
    var isStill: Bool { get }
    /// Returns whether the source shows the same picture in all frames of a range.
    func isSteady(over frames: Range<Int>) -> Bool
    /// Returns the frames of a range, but for its first, at which another picture begins; `nil` if that may be every one.
    func changes(in frames: Range<Int>) -> [Int]?
    /// Returns the parts of a range in which nothing of the source is seen; none if that is not known.
    func blanks(in frames: Range<Int>) -> [Range<Int>]
    /// Returns the frames of a range at which a decoder that begins there has the least to decode; none if that is the same
    /// everywhere.
    func keyFrames(in frames: Range<Int>) -> [Int]
    /// Returns a source of a range of frames alone, numbered from its first; `nil` if the source does not get simpler.
    func part(_ frames: Range<Int>) -> (any PictureSource)?
    /// The memory of its pixels while it is open, in bytes; 0 if opening takes neither time nor memory.
    var bytes: Int { get }
    /// The CPU time in seconds to decode a picture; 0 if that is done once.
    var cpuSecondsPerPicture: Double { get }
    /// The source as JSON, for programs that read plans.
    var json: [String: JSONValue] { get }
    /// Adds the values that distinguish the source from most others.
    func mark(_ hash: inout StableHash)
    /// Adds everything that determines its pictures; `contents` identifies its file's contents.
    func add(to bytes: inout CanonicalBytes, contents: [UInt8])
    /// The file's fingerprint when the plan was made; `nil` if the source has no file.
    var fileFingerprint: FileFingerprint? { get }
    /// Opens a reader that will be asked for the picture of `frame` first.
    ///
    /// Blocks.
    func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader
}

extension PictureSource {
    package var file: String? { nil }
    package var inner: Plan? { nil }
    package var fileFingerprint: FileFingerprint? { nil }
    package var isStill: Bool { true }
    package func isSteady(over frames: Range<Int>) -> Bool { isStill }
    package func changes(in frames: Range<Int>) -> [Int]? { isStill ? [] : nil }
    package func blanks(in frames: Range<Int>) -> [Range<Int>] { [] }
    package func keyFrames(in frames: Range<Int>) -> [Int] { [] }
    package var cpuSecondsPerPicture: Double { 0 }
    package func part(_ frames: Range<Int>) -> (any PictureSource)? { nil }

    fileprivate func isEqual(to other: any PictureSource) -> Bool { other as? Self == self }
}

/// An open source of pictures.
///
/// It is used by one thread at a time, and asked for frames in order, each at most once; it may be asked to skip some.
package protocol PictureReader: AnyObject {
    /// Returns the picture of a frame; the *same* frame object as before if the picture is the same.
    ///
    /// May block.
    func picture(at frame: Int) throws(LibavError) -> SourcePicture
    /// What is wrong with its file as far as is known, for the report; `nil` if nothing is.
    var remark: SourceRemark? { get }
}

extension PictureReader {
    package var remark: SourceRemark? { nil }
}

/// What is wrong with the file of a source.
package enum SourceRemark: Sendable {
    /// Something in words, as in "has a colour profile that is damaged".
    case words(String)
    /// The indices of pictures of a video that were to be shown and cannot be decoded.
    case missing(Set<Int>, VideoTimes)
    /// What is wrong with files of sources inside of it, with their places.
    case inside([String])
}

/// A picture of a source.
package enum SourcePicture {
    /// Pixels, opaque or with premultiplied alpha.
    case pixels(Frame)
    /// One colour over everything; `alpha` is 0…255.
    case color(YUVColor, alpha: Int)

    /// The pixels; `nil` if the picture is one colour.
    package var pixels: Frame? { if case .pixels(let frame) = self { frame } else { nil } }

    /// Returns whether it is the same frame as another picture, or the same colour.
    package func isSame(as other: SourcePicture) -> Bool {
        switch (self, other) {
        case (.pixels(let frame), .pixels(let other)): frame === other
        case (.color(let color, let alpha), .color(let other, let otherAlpha)): color == other && alpha == otherAlpha
        case (.pixels, .color), (.color, .pixels): false
        }
    }
}

/// A source with its place in time.
package struct PlannedSource: Sendable, Hashable, CustomStringConvertible {
    package let source: any PictureSource
    /// The output frame that is the source's frame 0; 0 for a still one.
    package private(set) var start: Int

    package init(_ source: any PictureSource, start: Int = 0) {
        self.source = source
        self.start = source.isStill ? 0 : start
    }

    package var file: String? { source.file }
    /// All files that it opens.
    var files: [String] { (file.map { [$0] } ?? []) + (source.inner?.sources.flatMap(\.files) ?? []) }
    package var bytes: Int { source.bytes }
    package var description: String { source.description + (start == 0 ? "" : ", from frame \(start)") }

    /// Returns whether the source shows the same picture in all of a range of output frames.
    package func isSteady(over frames: Range<Int>) -> Bool { source.isSteady(over: frames.moved(by: -start)) }

    /// Returns the output frames of a range, but for its first, at which another picture begins; `nil` if not known.
    package func changes(in frames: Range<Int>) -> [Int]? {
        source.changes(in: frames.moved(by: -start)).map { $0.map { $0 + start } }
    }

    /// Returns the parts of a range of output frames in which nothing of the source is seen.
    func blanks(in frames: Range<Int>) -> [Range<Int>] {
        source.blanks(in: frames.moved(by: -start)).map { $0.moved(by: start) }
    }

    /// Returns the output frames of a range at which a decoder that begins there has the least to decode.
    func keyFrames(in frames: Range<Int>) -> [Int] {
        source.keyFrames(in: frames.moved(by: -start)).map { $0 + start }
    }

    /// Returns what the source shows in a range of output frames, without what it shows in others if that makes it simpler.
    func part(_ frames: Range<Int>) -> PlannedSource {
        source.part(frames.moved(by: -start)).map { PlannedSource($0, start: frames.lowerBound) } ?? self
    }

    /// Returns the source as a timeline shows it that begins `offset` frames earlier.
    func moved(by offset: Int) -> PlannedSource { PlannedSource(source, start: start + offset) }

    package static func == (a: Self, b: Self) -> Bool { a.start == b.start && a.source.isEqual(to: b.source) }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(start)
        source.hash(into: &hasher)
    }
}

extension Range<Int> {
    /// Returns the range moved by an offset.
    func moved(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
