// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation
import JobQueue

/// The payload of a job of kind `callback` that asks for a video by an event `video/compose`.
///
/// The orchestrator that receives the event has the video made, usually by calling this service. Until then, this job is
/// what is known of the request.
struct EventRequest: Codable, Sendable {
    /// The generation ID of the video.
    var generationID: String
    /// The data of the event as a JSON document, which is a request with its caller.
    var data: String

    init(_ request: RenderRequest, of caller: String, generationID: String) throws {
        self.generationID = generationID
        guard case .object(var members) = try JSONValue(json: try request.edit.json()) else {
            throw WorkFailure("internal", "the edit is no object")
        }
        members["generationId"] = .string(generationID)
        members["caller"] = .string(caller)
        members["priority"] = .string(request.fields.priority.name)
        if !request.fields.after.isEmpty { members["after"] = .array(request.fields.after.map { .string($0) }) }
        members["callbackURL"] = request.fields.callbackURL.map { .string($0.absoluteString) }
        data = String(decoding: try JSONEncoder().encode(JSONValue.object(members)), as: UTF8.self)
    }

    /// Returns the identifier of the job that asks for a video.
    static func name(of generationID: String) -> String { "\(generationID).requested" }

    /// Returns the event, whose identifier is the same however often it is sent.
    func event(at time: Date) throws -> Data {
        try JobPresenter.encoder.encode(
            JSONValue.object([
                "name": .string(ComposeFunction.event), "id": .string("compose-" + generationID),
                "ts": .number(String(Int((time.timeIntervalSince1970 * 1000).rounded()))),
                "data": try JSONValue(json: Data(data.utf8)),
            ]))
    }
}

extension Job {
    /// The request for a video, if that is what the job sends.
    var eventRequest: EventRequest? {
        guard kind == .callback else { return nil }
        return try? JSONDecoder().decode(EventRequest.self, from: Data(payload.utf8))
    }
}
