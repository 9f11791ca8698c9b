// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A reader of a source that shows one picture.
final class StillReader: PictureReader {
    private let picture: SourcePicture
    let remark: SourceRemark?

    init(_ picture: SourcePicture, remark: String? = nil) {
        self.picture = picture
        self.remark = remark.map { .words($0) }
    }

    func picture(at frame: Int) -> SourcePicture { picture }
}

extension StillSource {
    package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        defer { ProcessUsage.trim() }
        let loaded = try StillLoader.load(self, from: media.path(of: src))
        return StillReader(.pixels(loaded.frame), remark: loaded.remark)
    }
}

extension ColorSource {
    package func open(at frame: Int, from media: MediaAccess) -> sending any PictureReader {
        StillReader(.color(color, alpha: alpha))
    }
}

extension GradientSource {
    package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        let frame = try FramePool(hasAlpha ? .alpha : .opaque, width: copy.width, height: copy.height).frame()
        try gradient.draw(into: frame)
        return StillReader(.pixels(frame))
    }
}
