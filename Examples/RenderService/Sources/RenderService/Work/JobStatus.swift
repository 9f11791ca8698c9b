// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation

/// The status that a worker reports for a job.
struct JobStatus: Codable, Sendable {
    /// The encoder that was used.
    struct Encoder: Codable, Sendable, Equatable {
        var name: String
        var device: String?
        var reason: String
    }

    /// The reason for which a job failed.
    struct Failure: Codable, Sendable, Equatable {
        struct Problem: Codable, Sendable, Equatable {
            var path: String
            var message: String
        }

        var code: String
        var message: String
        var problems: [Problem] = []
        /// The credits that are missing for a request, and those that are needed.
        var missingCents: Int64?
        var neededCents: Int64?
    }

    /// The result of a render.
    struct Result: Codable, Sendable {
        var key: String
        var posterKey: String?
        var reportKey: String?
        var bytes: Int
        var duration: Double
        var frames: Int
        var contentType: String
    }

    /// The progress of a render.
    var progress: Render.Progress?
    /// The progress of a job of another kind, from 0 to 1.
    var fraction: Double?
    /// The renderer, `local` or `remote`.
    var renderer: String?
    var rendererReason: String?
    var encoder: Encoder?
    var failure: Failure?
    /// The result of a render.
    var result: Result?
    /// The result of a job of another kind, which is an object.
    var output: JSONValue?
    /// The program's name for the work on a job of another kind, by which an attempt goes on where the one before was.
    var call: String?
    /// The number of such calls that have failed.
    var failedCalls: Int?
    /// The notes on the job's history, such as failed attempts and their reasons.
    var notes: [String] = []
    /// Whether the job was already split, so that the next attempt joins its segments instead of splitting it again.
    var isSpread: Bool?
    /// The number of frames that were already stored when the job was split.
    var framesKept: Int?
    /// What the attempt that succeeded has cost.
    var cost: Generation.Cost?

    init() {}

    /// Reads a status; one that cannot be read is an empty one.
    init(_ text: String) {
        self = (try? JSONDecoder().decode(JobStatus.self, from: Data(text.utf8))) ?? JobStatus()
    }

    /// Reads a status, which workers outside may write without notes.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try values.decodeIfPresent(Value.self, forKey: key)
        }
        progress = try read(.progress)
        fraction = try read(.fraction)
        renderer = try read(.renderer)
        rendererReason = try read(.rendererReason)
        encoder = try read(.encoder)
        failure = try read(.failure)
        result = try read(.result)
        output = try read(.output)
        call = try read(.call)
        failedCalls = try read(.failedCalls)
        notes = try read(.notes) ?? []
        isSpread = try read(.isSpread)
        framesKept = try read(.framesKept)
        cost = try read(.cost)
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // All values can be encoded, since numbers are checked where they originate.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    mutating func note(_ text: String) {
        notes.append(String(text.prefix(500)))
        if notes.count > 20 { notes.removeFirst(notes.count - 20) }
    }
}

extension JobStatus.Failure {
    /// Reads a failure, which workers outside may write without problems.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            code: try values.decode(String.self, forKey: .code),
            message: try values.decode(String.self, forKey: .message),
            problems: try values.decodeIfPresent([Problem].self, forKey: .problems) ?? [],
            missingCents: try values.decodeIfPresent(Int64.self, forKey: .missingCents),
            neededCents: try values.decodeIfPresent(Int64.self, forKey: .neededCents))
    }
}
