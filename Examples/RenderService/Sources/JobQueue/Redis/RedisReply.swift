// SPDX-License-Identifier: Apache-2.0

internal import CHiredis

/// A reply from the server, stored in Swift values.
enum RedisReply: Sendable, Hashable {
    case string(String)
    case integer(Int)
    case array([RedisReply])
    case null
    case error(String)

    /// Creates a copy of a hiredis reply.
    ///
    /// It does not block and does not free the reply, which remains the caller's responsibility.
    init(_ reply: UnsafePointer<redisReply>) {
        let reply = reply.pointee
        switch reply.type {
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS:
            self = .string(Self.text(reply))
        case REDIS_REPLY_ERROR:
            self = .error(Self.text(reply))
        case REDIS_REPLY_INTEGER:
            self = .integer(Int(reply.integer))
        case REDIS_REPLY_ARRAY:
            self = .array((0..<reply.elements).map { reply.element[$0].map { RedisReply($0) } ?? .null })
        default:
            self = .null
        }
    }

    /// Returns the bytes of a reply as text, since everything that this program writes is UTF-8.
    private static func text(_ reply: redisReply) -> String {
        guard let start = reply.str else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: reply.len), as: UTF8.self)
    }

    var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    var integer: Int? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    var array: [RedisReply]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    /// The alternating names and values of a reply to `HGETALL`.
    var fields: [String: String] {
        var fields: [String: String] = [:]
        let values = array ?? []
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            guard let name = values[index].string else { continue }
            fields[name] = values[index + 1].string
        }
        return fields
    }
}
