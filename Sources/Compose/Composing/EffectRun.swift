// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// A run of an effect: the frames of another run, changed.
///
/// Frames that the effect leaves as they are, as the first of a transition, are passed on.
final class EffectRun {
    private let run: SpanRun
    private let effect: CanvasEffect
    private let effects: PictureEffects
    private var copies = KeptPyramid()
    private unowned let composer: Composer

    init(_ effect: CanvasEffect, of run: SpanRun, composer: Composer) throws(ComposeError) {
        self.run = run
        self.effect = effect
        self.composer = composer
        effects = try composer.wrapped { () throws(LibavError) in try PictureEffects() }
    }

    func frame(at index: Int) throws(ComposeError) -> Frame {
        let picture = try run.frame(at: index)
        if effect.isIdentity(at: index) { return picture }
        return try composer.wrapped { () throws(LibavError) in
            let target = try composer.canvasPool.frame()
            try draw(picture, into: target, at: index)
            return target
        }
    }

    private func draw(_ picture: Frame, into target: Frame, at index: Int) throws(LibavError) {
        let (width, height) = (Double(picture.width), Double(picture.height))
        switch effect {
        case .turn(let turn): try draw(picture, into: target, turn, at: index)
        case .blur(let radius):
            try target.copy(from: picture)
            let sigma = min(max(radius.value(at: index), 0), 1000)
            try target.blur(sigmaX: sigma, sigmaY: sigma)
        case .streakAcross(let length):
            try effects.streak(picture, into: target, isVertical: false, length: length.value(at: index))
        case .streakDown(let length):
            try effects.streak(picture, into: target, isVertical: true, length: length.value(at: index))
        case .zoomStreak(let amount):
            try effects.zoomStreak(
                picture, into: target, x: width / 2, y: height / 2, amount: amount.value(at: index),
                resampler: composer.resampler)
        case .spinStreak(let degrees):
            try effects.spinStreak(picture, into: target, degrees: degrees.value(at: index))
        case .pixelate(let size): try effects.pixelate(picture, into: target, size: size.value(at: index))
        case .glitch(let strength, let start):
            // A pattern stays for two frames: one alone is a flicker.
            try effects.glitch(
                picture, into: target, strength: strength.value(at: index), seed: (index - start) / 2)
        }
    }

    private func draw(_ picture: Frame, into target: Frame, _ turn: CanvasTurn, at index: Int) throws(LibavError) {
        let (x, y) = (Double(picture.width) / 2, Double(picture.height) / 2)
        let scale = 1 / max(turn.scale.value(at: index), 1e-6)
        let degrees = turn.degrees.value(at: index)
        if degrees == 0, scale <= 1 {
            // Without a turn, and without anything beyond the edges, each axis is resampled by itself, which costs less.
            try composer.resampler.draw(
                picture, into: target, x: Resampler.Axis(scale: scale, offset: x - x * scale),
                y: Resampler.Axis(scale: scale, offset: y - y * scale))
            return
        }
        // From the canvas back to the picture: the opposite turn, about the middle.
        let angle = -degrees.truncatingRemainder(dividingBy: 360) * .pi / 180
        let map = Affine.translation(x: -x, y: -y).then(.rotation(cosine: cos(angle), sine: sin(angle)))
            .then(.scale(x: scale, y: scale)).then(.translation(x: x, y: y))
        try copies.pyramid(of: picture).draw(
            into: target, map: map, edges: turn.edges == .mirrored ? .mirrored : .extended)
    }
}
