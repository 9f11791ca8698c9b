// SPDX-License-Identifier: Apache-2.0

import Compose

extension Collection {
    /// Every kind of mask, on a photo that turns; masks by pictures and shapes turn with it, and those by clips do not.
    static func masks(on stage: Stage) -> Collection {
        let shapes = ClipMask.Shape.allCases.map { shape in
            masked(shape.rawValue, by: shape == .path ? .path(star) : .shape(shape))
        }
        let soft = masked("feather", by: ClipMask.path(star).feathered(Double(stage.size.height) * 0.07))
        let inverted = masked("invert", by: ClipMask.shape(.ellipse).inverted())
        let pictures = ClipMask.Channel.allCases.map { channel in
            masked("picture-\(channel.rawValue)", by: .picture("logo.png", by: channel))
        }
        let clips = ClipMask.Channel.allCases.map { channel in
            masked(
                "clip-\(channel.rawValue)", by: .clip("mask", by: channel), after: [lettering(onBox: channel != .alpha)]
            )
        }
        return Collection(
            "masks", "Masks", columns: 4, enlargement: 2, exhibits: shapes + [soft, inverted] + pictures + clips)
    }

    /// Returns a photo with a mask, above other tracks.
    private static func masked(_ name: String, by mask: ClipMask, after tracks: [Track] = []) -> Exhibit {
        let turn = Animated.keyframes([Keyframe(at: .percent(0), -8.0), Keyframe(at: .percent(100), 8.0)])
        return Exhibit(
            name: name, length: .seconds(1), moments: [.milliseconds(900)],
            tracks: [Track { GradientClip([ground.0, ground.1], duration: .seconds(1)) }] + tracks + [
                Track {
                    ImageClip("photo4.jpg", duration: .seconds(1))
                        .size(width: .percent(70), height: .percent(80))
                        .rotation(turn)
                        .mask(mask)
                }
            ])
    }

    /// Returns letters that mask another clip; with a dark box, their brightness is not their alpha.
    private static func lettering(onBox: Bool) -> Track {
        let box = onBox ? TextBackground(Color(red: 60, green: 60, blue: 60), padding: 12, cornerRadius: 12) : nil
        var text = TextClip(
            "MASK", duration: .seconds(1), style: TextStyle(size: .percent(36), weight: 900, background: box))
        text.id = "mask"
        return Track(clips: [text.clip])
    }

    /// The corners of a star with five points.
    private static var star: [Anchor] {
        let outline: [(Double, Double)] = [
            (0.5, 0), (0.618, 0.363), (1, 0.363), (0.691, 0.588), (0.809, 0.951), (0.5, 0.727), (0.191, 0.951),
            (0.309, 0.588), (0, 0.363), (0.382, 0.363),
        ]
        return outline.map { Anchor(x: $0.0, y: $0.1) }
    }
}
