// SPDX-License-Identifier: Apache-2.0

/// A clip made of other clips, each of which gets a place in its box.
///
/// Conforming types are values; safe to share between threads.
package protocol Arrangement: VisualClip, ClipKind {
    /// The colour behind all clips inside.
    var background: Color { get }
    /// The tracks inside, for a box of a size in pixels.
    func tracks(width: Double, height: Double) -> [Track]
    /// Returns the place of a clip inside in the document, from the arrangement's own.
    func path(ofTrack track: Int, clip: Int) -> String
}

extension Arrangement {
    /// A copy of a clip for a cell of the box, on a track of its own: what it says of its size and place counts from the cell.
    func placed(_ clip: Clip, left: Double, top: Double, width: Double, height: Double) -> Track {
        guard let layer = clip.kind as? any VisualClip else { return Track(clips: [clip]) }
        let fills = clip.kind.fillsBox
        return Track(clips: [layer.placed(left: left, top: top, width: width, height: height, fills: fills)])
    }

    package var clipsInside: [Clip] { tracks(width: 2, height: 2).flatMap(\.clips) }

    /// Whether anything inside is heard, or may be, as deep as clips may be nested.
    ///
    /// Without recursion: nobody has checked yet how deep they are.
    private var playsSound: Bool {
        var level = clipsInside
        for _ in 0...GroupClip.mostLevels {
            var inside: [Clip] = []
            for clip in level {
                if let arrangement = clip.kind as? any Arrangement {
                    inside += arrangement.clipsInside
                } else if clip.kind.placement.playsSound {
                    return true
                }
            }
            if inside.isEmpty { return false }
            level = inside
        }
        return false
    }

    /// The placement of an arrangement that by default ends with the last clip inside.
    var arrangedPlacement: Placement {
        Placement(
            content: .picture, playsSound: playsSound, start: visual.start,
            length: visual.duration.map { .known($0) } ?? .ofMedia)
    }
}

extension VisualClip {
    fileprivate func placed(left: Double, top: Double, width: Double, height: Double, fills: Bool) -> Clip {
        changed(self) {
            if let size = visual.size {
                $0.visual.size = BoxSize(
                    width: .pixels(size.width.resolved(of: width)), height: .pixels(size.height.resolved(of: height)))
            } else if fills {
                $0.visual.size = BoxSize(width: .pixels(width), height: .pixels(height))
            }
            $0.visual.position = (visual.position ?? .constant(.center)).map {
                Position(
                    x: .pixels(left + $0.x.resolved(of: width)), y: .pixels(top + $0.y.resolved(of: height)))
            }
        }.clip
    }
}

/// The rules that arrangements share.
extension ValueReport {
    /// Reports clips that show nothing, and an arrangement without a length.
    mutating func arrangement(_ clips: [Clip], at field: String, hasDuration: Bool) {
        for (index, clip) in clips.enumerated() { part(clip, at: .field(field), .index(index)) }
        if !hasDuration, !Track(clips: clips).lasts {
            add("it has no length: add a clip with a duration, or give it one", at: .field(field))
        }
    }

    /// Reports a clip that cannot be placed in a part of a box.
    mutating func part(_ clip: Clip, at steps: EditPath.Step...) {
        guard let layer = clip.kind as? any VisualClip else {
            return add("\(clip.kind.noun) shows nothing; use clips that are seen", at: steps)
        }
        if clip.kind.placesItself, layer.visual.size == nil || layer.visual.position == nil {
            add(
                "\(clip.kind.noun) has a place of its own on the canvas; give it a size and a position, or put it into a group",
                at: steps)
        }
    }
}

extension Form<Clip> {
    /// The form of a clip within a clip.
    static let inside = Form.deferred("clip", to: Clip.form).withItsOwnLength
}
