// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation

/// A version of a stored edit as its owner sees it.
struct EditView: Encodable {
    let id: String
    let name: String
    let version: Int
    let createdAt: String
    let updatedAt: String
    /// The document, where a single version is asked for.
    let edit: JSONText?

    /// The fields that a caller may send back, although they cannot be changed.
    static let fields = ["id", "version", "createdAt", "updatedAt"]

    init(_ edit: StoredEdit, isWhole: Bool) {
        id = edit.id
        name = edit.name
        version = edit.version
        createdAt = JobPresenter.text(edit.createdAt)
        updatedAt = JobPresenter.text(edit.updatedAt)
        self.edit = isWhole ? JSONText(edit.document) : nil
    }
}

/// The segments of a version's video, and which of them are those of another version.
struct EditDifference: Encodable {
    struct Segment: Encodable {
        let index: Int
        let firstFrame: Int
        let lastFrame: Int
        /// The segment of the earlier version that is the same.
        let sameAs: Int?
    }

    let from: Int
    let to: Int
    let segments: [Segment]
    /// The number of frames that would be rendered if the earlier video is kept.
    let changedFrames: Int
    let frames: Int

    init(from: Int, to: Int, _ before: Plan, _ after: Plan) throws {
        let shared = try after.segmentsShared(with: before)
        self.from = from
        self.to = to
        segments = after.segments.map {
            Segment(
                index: $0.index, firstFrame: $0.frames.lowerBound, lastFrame: $0.frames.upperBound - 1,
                sameAs: shared[$0.index])
        }
        changedFrames = after.segments.filter { shared[$0.index] == nil }.reduce(0) { $0 + $1.frames.count }
        frames = after.frameCount
    }
}
