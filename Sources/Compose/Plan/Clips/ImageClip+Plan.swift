// SPDX-License-Identifier: Apache-2.0

extension ImageClip: PlannedClip {
    func draws(over frames: Range<Int>, slides: Bool, _ sources: inout SourceList) -> [Draw] {
        guard let info = sources.media.images[src] else { return [] }
        let box = sources.box(of: visual)
        let reach = sources.reach(slides: slides)
        guard !box.intersection(reach).isEmpty else { return [] }
        if fit == .containBlur {
            let cover = sources.fitted(info.header.size, .cover, box)
            let backdrop = sources.still(src, info, cover, box, reach, over: frames, blurred: true)
            let front = changed(self) { $0.fit = .contain }
            return [backdrop].compactMap { $0 } + front.draws(over: frames, slides: slides, &sources)
        }
        let size = sources.fitted(info.header.size, fit, box)
        if let motion, motion.from != motion.to {
            return [sources.moving(src, info, size, box, reach, motion, frames)].compactMap { $0 }
        }
        return [sources.still(src, info, size, box, reach, over: frames, motion: motion)].compactMap { $0 }
    }
}
