// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension JSONValue: Codable {
    /// Creates a value from JSON, read strictly; numbers keep their text.
    ///
    /// Names may not be repeated, and values may be nested 64 deep. Throws ``ComposeError`` with code `invalidEdit` and
    /// a message that names line and column.
    public init(json data: Data) throws(ComposeError) { self = try JSONReader.read(Array(data)).json }
    /// Returns the value as text formatted for people, with members sorted by name.
    ///
    /// Throws ``ComposeError`` with code `invalidEdit` for invalid numbers and for nesting beyond 64 levels.
    public func json() throws(ComposeError) -> Data {
        Data(JSONWriter.write(try JSONWriter.writable(JSONNode(self))).utf8)
    }
    /// Decodes any JSON value.
    public init(from decoder: any Decoder) throws { self = try JSONNode(from: decoder).json }
    /// Encodes the value; throws ``ComposeError`` as ``json()`` does.
    public func encode(to encoder: any Encoder) throws {
        try JSONWriter.writable(JSONNode(self)).encode(to: encoder)
    }
}
