// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation
import JobQueue
import ObjectStorage

/// The payload of a job of kind `render`.
struct RenderTask: Codable, Sendable {
    /// The place where a job is rendered.
    enum Place: String, Codable, Sendable {
        /// The service's own workers.
        case here
        /// The remote renderer if it is healthy, and otherwise the service's own workers.
        case auto
        /// The remote renderer only.
        case remote

        /// Creates the place of jobs whose requests do not choose one.
        init(_ use: Configuration.RemoteUse) {
            self =
                switch use {
                case .never: .here
                case .whenWell: .auto
                case .always: .remote
                }
        }
    }

    /// The edit as a JSON document.
    var edit: String
    var place: Place
    var callbackURL: URL?
    /// The files of the edit, as the caller named them.
    var inputs: [String]?
    /// The stored edit that is rendered, if it is one.
    var editID: String?
    /// The version of that edit.
    var editVersion: Int?

    init(_ request: RenderRequest, place: Place) throws {
        edit = String(decoding: try request.edit.json(), as: UTF8.self)
        self.place = place
        callbackURL = request.fields.callbackURL
        inputs = Set(request.edit.media.map(\.src)).sorted()
        editID = request.editID
        editVersion = request.editVersion
    }
}

/// The payload of a job of kind `segment`.
struct SegmentTask: Codable, Sendable {
    /// The identifier of the render job, which has the edit.
    var job: String
    /// The index of the segment in the plan, or of the chunk of its sound.
    var index: Int
    /// The key under which it is stored.
    var key: String
    /// Whether it is a chunk of the sound; `nil` for a segment.
    var isSound: Bool?
}

/// The payload of a job of kind `callback`.
struct CallbackTask: Codable, Sendable {
    /// The receiver of a callback.
    enum Receiver: Codable, Sendable, Hashable {
        case url(URL)
        /// The configured event engine.
        case events
        /// The archive and the ledger.
        case archive
    }

    var receiver: Receiver
    /// The identifier of the job that the callback is about.
    var job: String
    /// Whether the callback reports the start of the job rather than its end.
    var isStart: Bool
    /// The identifier of the callback that must end first.
    var after: String?

    /// Returns the name of the event, such as `video/compose.completed`, or of another kind `video/generate.completed`.
    func name(for job: Job) -> String {
        let what = job.kind == .render ? ComposeFunction.event : job.kind.rawValue
        return what + "." + (isStart ? "started" : job.state.rawValue)
    }
}
