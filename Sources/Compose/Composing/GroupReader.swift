// SPDX-License-Identifier: Apache-2.0

package import Libav

/// A reader of a timeline inside a timeline, which composes its frames.
///
/// Used by one thread at a time.
final class GroupReader: PictureReader {
    private let composer: FrameComposer
    private let pictures: PictureSchedule
    private let remarks = MediaRemarks()
    private let count: Int

    init(_ source: GroupSource, at frame: Int, from media: MediaAccess) throws(LibavError) {
        let plan = changed(source.plan) { $0.folder = media.folder }
        count = plan.frameCount
        let rack = Rack(plan, remarks: remarks, decoders: media.decoders)
        pictures = PictureSchedule(plan, rack: rack)
        pictures.advance(to: min(max(frame, 0), count - 1))
        do throws(ComposeError) {
            composer = try FrameComposer(plan, pictures, hasAlpha: source.hasAlpha, isPremultiplied: true)
        } catch {
            pictures.close()
            throw LibavError(error, "compose group")
        }
    }

    deinit { pictures.close() }

    func picture(at frame: Int) throws(LibavError) -> SourcePicture {
        // A group that holds still has no start of its own.
        let frame = min(max(frame, 0), count - 1)
        pictures.advance(to: frame)
        do throws(ComposeError) { return .pixels(try composer.frame(at: frame)) } catch {
            throw LibavError(error, "compose group")
        }
    }

    var remark: SourceRemark? {
        let lines = remarks.all
        return lines.isEmpty ? nil : .inside(lines)
    }
}

extension LibavError {
    /// The error of an operation that failed inside of another one, with its place.
    fileprivate init(_ error: ComposeError, _ operation: String) {
        self.init(
            operation, message: error.problems.map { "\($0.path): \($0.message)" }.joined(separator: "; "), cause: error
        )
    }
}

extension GroupSource {
    package func open(at frame: Int, from media: MediaAccess) throws(LibavError) -> sending any PictureReader {
        try GroupReader(self, at: frame, from: media)
    }
}
