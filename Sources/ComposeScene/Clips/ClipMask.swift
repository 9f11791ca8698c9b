// SPDX-License-Identifier: Apache-2.0

/// A mask that shows only a part of a layer.
///
/// A picture and a shape lie in the layer's box and turn with it; another clip stays where it lies on the canvas, and is not shown itself.
/// A value type; safe to share between threads.
public struct ClipMask: Sendable, Hashable {
    /// What the mask is made of; of several, the checks report all but one.
    ///
    /// The path of a picture that is stretched over the box, relative to the edit's folder.
    public var src: String?
    /// A shape in the box.
    public var shape: Shape?
    /// The corners of a ``Shape/path``, which is closed: 3…1000.
    public var points: [Anchor]
    /// The identifier of another clip of the same timeline, whose picture is the mask while that clip is seen.
    public var clip: String?
    /// What of a picture, or of a clip, counts.
    public var by: Channel
    /// Whether the mask hides what it would show.
    public var invert: Bool
    /// The width of a soft edge in pixels, 0…1000: twice the standard deviation of a Gaussian blur.
    public var feather: Double

    /// The shapes of masks.
    ///
    /// A value type; safe to share between threads.
    public enum Shape: String, Sendable, Hashable, CaseIterable, Codable {
        /// The whole box, which is of use with a soft edge.
        case rectangle
        /// The ellipse that touches all sides of the box.
        case ellipse
        /// A polygon through points.
        case path
    }

    /// A property of a mask's pixels.
    ///
    /// A value type; safe to share between threads.
    public enum Channel: String, Sendable, Hashable, CaseIterable, Codable {
        /// How opaque they are.
        case alpha
        /// How bright they are; transparent ones are black.
        case luma
    }

    private init() {
        points = []
        by = .alpha
        invert = false
        feather = 0
    }

    /// Returns a mask of a picture, by its brightness unless its alpha is asked for.
    public static func picture(_ src: String, by channel: Channel = .luma) -> ClipMask {
        changed(ClipMask()) {
            $0.src = src
            $0.by = channel
        }
    }
    /// Returns a mask of a rectangle or an ellipse that fills the box.
    public static func shape(_ shape: Shape) -> ClipMask { changed(ClipMask()) { $0.shape = shape } }
    /// Returns a mask of a closed polygon, whose corners are fractions of the box's sides.
    public static func path(_ points: [Anchor]) -> ClipMask {
        changed(ClipMask()) {
            $0.shape = .path
            $0.points = points
        }
    }
    /// Returns a mask of another clip of the same timeline, by its alpha unless its brightness is asked for.
    public static func clip(_ id: String, by channel: Channel = .alpha) -> ClipMask {
        changed(ClipMask()) {
            $0.clip = id
            $0.by = channel
        }
    }

    /// Returns the mask with a soft edge.
    public func feathered(_ pixels: Double) -> ClipMask { changed(self) { $0.feather = pixels } }
    /// Returns the mask that hides what this one shows.
    public func inverted(_ invert: Bool = true) -> ClipMask { changed(self) { $0.invert = invert } }

    static let form = ObjectForm(
        "mask", "What of a layer is shown: by a picture, a shape or another clip.", usual: ClipMask(),
        conditions: [
            .object([
                "oneOf": .array(
                    ["src", "shape", "clip"].map { .object(["required": .array([.string($0)])]) })
            ])
        ],
        [
            .optional(
                "src", \.src, .file(.picture), unset: "no picture", "A picture, stretched over the layer's box."),
            .optional("shape", \.shape, .word("shape"), unset: "no shape", "A shape in the layer's box."),
            .optional(
                "points", \.points, .list("an array of points", of: Form<Anchor>.fractions, most: 1000),
                "The corners of a `path`, which is closed: fractions of the box's sides."),
            .optional(
                "clip", \.clip, .text, unset: "no clip",
                "The `id` of another clip of the same timeline, which is then not shown itself."),
            .optional("by", \.by, .word("channel"), "What of a picture or a clip counts."),
            .optional("invert", \.invert, .flag, "Whether it hides what it would show."),
            .optional("feather", \.feather, .number(0...1000), "Pixels of its soft edge."),
        ],
        rules: { mask, report in
            let given = [("src", mask.src != nil), ("shape", mask.shape != nil), ("clip", mask.clip != nil)]
                .filter(\.1).map(\.0)
            if given.isEmpty {
                report.add("missing; expected a picture (src), a shape or a clip", at: .field("shape"))
            }
            for field in given.dropFirst() {
                report.add("a mask is either a picture, a shape or a clip; remove it or \(given[0])", at: .field(field))
            }
            if mask.shape == .path, !(3...1000).contains(mask.points.count) {
                report.add("a path has 3…1000 points, and there are \(mask.points.count)", at: .field("points"))
            } else if mask.shape != .path, !mask.points.isEmpty {
                report.add("only the shape path has points; remove them", at: .field("points"))
            }
        })
}

/// The rules for masks by other clips.
extension Track {
    /// Reports masks that name a clip that is not there, or one that another clip masks, so that there are no circles.
    static func checkMasks(_ tracks: [Track], _ report: inout ValueReport) {
        var masks: [String: String] = [:]
        var known: Set<String> = []
        for clip in tracks.flatMap(\.clips) {
            guard let layer = clip.kind as? any VisualClip, let id = layer.id else { continue }
            known.insert(id)
            if let mask = layer.visual.mask?.clip { masks[id] = mask }
        }
        for (track, list) in tracks.enumerated() {
            for (index, clip) in list.clips.enumerated() {
                guard let layer = clip.kind as? any VisualClip, let wanted = layer.visual.mask?.clip else { continue }
                let place: [EditPath.Step] = [
                    .index(track), .field("clips"), .index(index), .field("mask"), .field("clip"),
                ]
                guard known.contains(wanted) else {
                    report.add(
                        "no visible clip of this timeline has the id \(quoted(wanted))"
                            + didYouMean(wanted, among: known.sorted()), at: place)
                    continue
                }
                if wanted == layer.id {
                    report.add("the clip is its own mask; name another one", at: place)
                } else if masks[wanted] != nil {
                    report.add(
                        "the clip \(quoted(wanted)) has a mask of another clip itself; put both into a group, and name that",
                        at: place)
                }
            }
        }
    }
}
