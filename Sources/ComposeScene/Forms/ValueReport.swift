// SPDX-License-Identifier: Apache-2.0

/// What a value's rule may ask of the edit around the value.
package protocol RuleContext: Sendable {
    /// The canvas in pixels.
    var canvas: (width: Int, height: Int) { get }
    /// Whether a clip has sound, or may have: only its file says whether a video does.
    var hasSound: Bool { get }
    /// Whether there is a clip of a sound file.
    var hasSoundClips: Bool { get }
    /// The output's path, if its name chooses the format; `nil` if the edit does, or if it is not known.
    var nameOfFormat: String? { get }
    /// The name of the output's format.
    var format: String { get }
    /// The name of the audio codec that the edit asks for; `nil` if it leaves the choice open.
    var audioCodec: String? { get }
    /// The ids of the tracks that play sound.
    var tracksWithSound: [String] { get }
    /// The name of the video codec if the output keeps no transparency; `nil` if it does, or has no video.
    var opaqueCodec: String? { get }
}

/// The state of checking an edit's values: the current path and the problems found.
package struct ValueReport {
    /// What is around the value being checked.
    let context: any RuleContext
    /// The length of the clip being checked; `nil` where it is not known, as before media files are.
    var clipLength: Duration?
    /// The timelines around the value being checked, the outermost first.
    var scopes: [TrackScope] = []
    private var found: [(path: EditPath, message: String)] = []

    init(_ context: any RuleContext) { self.context = context }

    package var problems: [Problem] { found.map { Problem(path: $0.path.description, message: $0.message) } }

    /// The number of problems found so far.
    var mark: Int { found.count }

    /// Runs `body` with the path extended by a step.
    mutating func inside(_ step: EditPath.Step, _ body: (inout ValueReport) -> Void) {
        let mark = found.count
        body(&self)
        // Paths are built on the way back, and only for problems: most values have none.
        for index in mark..<found.count { found[index].path.prepend(step) }
    }

    /// Adds a problem of the value being checked, or of the value that `steps` lead to from it.
    mutating func add(_ message: String, at steps: EditPath.Step...) { add(message, at: steps) }

    mutating func add(_ message: String, at steps: [EditPath.Step]) {
        found.append((EditPath(steps), message))
    }

    /// Sorts the problems found since `mark` by the fields of the object being checked.
    mutating func sort(from mark: Int, by names: [String]) {
        func rank(_ place: EditPath) -> Int {
            place.firstField.flatMap { names.firstIndex(of: $0) } ?? names.count
        }
        let sorted = found[mark...].enumerated().sorted {
            (rank($0.element.path), $0.offset) < (rank($1.element.path), $1.offset)
        }
        found.replaceSubrange(mark..., with: sorted.map(\.element))
    }
}

/// The rules for numbers and times.
extension ValueReport {
    /// The longest time allowed.
    ///
    /// Sums of such times cannot overflow, and the limit catches milliseconds given as seconds.
    static let longest = Duration.seconds(24 * 60 * 60)

    /// Returns whether a time is a valid duration; others are reported and not compared with anything.
    static func isLength(_ time: Duration) -> Bool { time > .zero && time <= longest }

    /// Checks a point in time, or a duration that may be zero.
    mutating func time(_ time: Duration) {
        if time < .zero { add("\(seconds(time)) is negative; use 0 or more") } else { notHuge(time) }
    }

    /// Checks a duration that has to be more than zero.
    mutating func length(_ time: Duration) {
        if time <= .zero { add("\(seconds(time)) is not a length of time; use more than 0") } else { notHuge(time) }
    }

    private mutating func notHuge(_ time: Duration) {
        guard time > Self.longest else { return }
        add("\(seconds(time)) is too long; at most 24 h (\(seconds(Self.longest))) are possible")
    }

    mutating func number(_ value: Double, in range: ClosedRange<Double>) {
        if value.isFinite, range.contains(value) { return }
        let expected = "\(shortest(range.lowerBound))…\(shortest(range.upperBound))"
        add(
            value.isFinite
                ? "\(shortest(value)) is out of range; use \(expected)"
                : "\(Self.name(value)) is not a finite number; use \(expected)")
    }

    @discardableResult
    mutating func finite(_ value: Double) -> Bool {
        if !value.isFinite { add("\(Self.name(value)) is not a finite number") }
        return value.isFinite
    }

    private static func name(_ value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"
    }
}

/// Returns a time for messages, such as `0.5 s`, rounded to microseconds unless it is shorter than one.
package func seconds(_ time: Duration) -> String {
    let exact = time.attoseconds
    let microsecond: Int128 = 1_000_000_000_000
    if exact.magnitude < microsecond.magnitude { return Attoseconds.decimal(exact) + " s" }
    let (whole, rest) = exact.quotientAndRemainder(dividingBy: microsecond)
    let isUpper = rest.magnitude >= microsecond.magnitude / 2
    let rounded = (whole + (isUpper ? rest.signum() : 0)).multipliedReportingOverflow(by: microsecond)
    return Attoseconds.decimal(rounded.overflow ? exact : rounded.partialValue) + " s"
}
