// SPDX-License-Identifier: Apache-2.0

/// An incremental parser for the files in `multipart/form-data` (RFC 7578).
///
/// It buffers no more than the headers of a part and a boundary.
struct MultipartParser {
    enum Event: Equatable {
        case begin(file: String, type: String?)
        case bytes([UInt8])
        case end
    }

    /// An error thrown if the input is not a valid form.
    struct Malformed: Error {}

    private enum State {
        case start
        case headers
        /// Inside a part; no events are reported for parts that are not files.
        case body(isFile: Bool)
        case end
    }

    private let boundary: [UInt8]
    private var state = State.start
    private var buffer: [UInt8] = []
    private let headerLimit = 16 << 10

    /// Whether the end of the form has been read.
    var isComplete: Bool { if case .end = state { true } else { false } }

    /// Creates a parser, or returns `nil` if the content type is another one or has no boundary.
    init?(contentType: String) {
        let fields = contentType.split(separator: ";").map { $0.trimmed }
        guard fields.first?.lowercased() == "multipart/form-data" else { return nil }
        guard let field = fields.dropFirst().first(where: { $0.lowercased().hasPrefix("boundary=") }) else {
            return nil
        }
        let value = field.dropFirst(9).unquoted
        guard (1...70).contains(value.utf8.count) else { return nil }
        boundary = Array("\r\n--\(value)".utf8)
        // The first boundary is not preceded by a line break.
        buffer = [13, 10]
    }

    /// Returns the events for the next bytes.
    mutating func read(_ bytes: [UInt8]) throws(Malformed) -> [Event] {
        buffer += bytes
        var events: [Event] = []
        while true {
            switch state {
            case .end:
                buffer = []
                return events
            case .start:
                guard let index = buffer.index(of: boundary) else {
                    guard buffer.count < headerLimit else { throw Malformed() }
                    return events
                }
                guard try passBoundary(at: index) else { return events }
            case .headers:
                guard let index = buffer.index(of: [13, 10, 13, 10]) else {
                    guard buffer.count < headerLimit else { throw Malformed() }
                    return events
                }
                let (file, type) = Self.headers(buffer[..<index])
                buffer.removeSubrange(...(index + 3))
                if let file { events.append(.begin(file: file, type: type)) }
                state = .body(isFile: file != nil)
            case .body(let isFile):
                guard let index = buffer.index(of: boundary) else {
                    // The last bytes may be the start of a boundary.
                    let safe = buffer.count - boundary.count - 4
                    if safe > 0 {
                        if isFile { events.append(.bytes(Array(buffer[..<safe]))) }
                        buffer.removeSubrange(..<safe)
                    }
                    return events
                }
                if index > 0 {
                    if isFile { events.append(.bytes(Array(buffer[..<index]))) }
                    buffer.removeSubrange(..<index)
                }
                guard try passBoundary(at: 0) else { return events }
                if isFile { events.append(.end) }
            }
        }
    }

    /// Skips a boundary and what follows it, or returns `false` if that has not arrived yet.
    private mutating func passBoundary(at index: Int) throws(Malformed) -> Bool {
        let after = index + boundary.count
        guard buffer.count >= after + 2 else { return false }
        if buffer[after] == UInt8(ascii: "-"), buffer[after + 1] == UInt8(ascii: "-") {
            state = .end
            return true
        }
        guard buffer[after] == 13, buffer[after + 1] == 10 else { throw Malformed() }
        buffer.removeSubrange(..<(after + 2))
        // A part without headers starts with an empty line.
        if buffer.starts(with: [13, 10]) { buffer.insert(contentsOf: [13, 10], at: 0) }
        state = .headers
        return true
    }

    private static func headers(_ bytes: ArraySlice<UInt8>) -> (file: String?, type: String?) {
        var file: String?
        var type: String?
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmed
            switch line[..<colon].lowercased() {
            case "content-disposition":
                let field = value.split(separator: ";").map { $0.trimmed }.first {
                    $0.lowercased().hasPrefix("filename=")
                }
                file = field.map { $0.dropFirst(9).unquoted }
            case "content-type": type = String(value)
            default: break
            }
        }
        return (file, type)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    fileprivate var unquoted: String {
        hasPrefix("\"") && hasSuffix("\"") && count >= 2 ? String(dropFirst().dropLast()) : String(self)
    }
}

extension [UInt8] {
    /// Returns the position of the first occurrence of some bytes.
    fileprivate func index(of needle: [UInt8]) -> Int? {
        guard count >= needle.count, let first = needle.first else { return nil }
        var start = 0
        while start <= count - needle.count {
            guard let found = self[start...(count - needle.count)].firstIndex(of: first) else { return nil }
            if self[found..<found + needle.count].elementsEqual(needle) { return found }
            start = found + 1
        }
        return nil
    }
}
