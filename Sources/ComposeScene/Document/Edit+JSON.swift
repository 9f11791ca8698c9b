// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension Edit {
    /// Reads an edit document, strictly: whatever is unknown, missing or of the wrong kind is an error.
    ///
    /// Throws ``ComposeError`` with code `invalidEdit` and every problem there is, in document order; one problem, with line and
    /// column, where the document is not even JSON. Whether the values make sense is checked by ``valueProblems(for:)``.
    public init(json data: Data) throws(ComposeError) {
        self = try DocumentReader.read(JSONReader.read(Array(data)), as: Self.form)
    }

    /// Reads an edit document from text, as `init(json:)` does from bytes.
    public init(json text: String) throws(ComposeError) {
        self = try DocumentReader.read(JSONReader.read(Array(text.utf8)), as: Self.form)
    }

    /// Reads an edit document that is part of another one, or that others have put members of their own into, as
    /// `init(json:)` does from bytes.
    public init(json value: JSONValue) throws(ComposeError) {
        self = try DocumentReader.read(JSONNode(value), as: Self.form)
    }

    /// Returns the edit as a document that reads back as the same edit.
    ///
    /// The text is made for reading and always the same for the same edit: fields in the documentation's order, those
    /// of `metadata` by name, and defaults left out. Throws ``ComposeError`` for numbers that JSON has no text for, such as NaN.
    public func json() throws(ComposeError) -> Data {
        Data(JSONWriter.write(try JSONWriter.writable(Self.form.write(self))).utf8)
    }
}

extension Form {
    fileprivate func decode(_ decoder: any Decoder) throws -> Value {
        try DocumentReader.read(JSONNode(from: decoder), as: self)
    }

    fileprivate func encode(_ value: Value, to encoder: any Encoder) throws {
        try JSONWriter.writable(write(value)).encode(to: encoder)
    }
}

/// An edit, through any coder.
///
/// Decoding is as strict as `init(json:)` and throws the same `ComposeError`. Coders keep the value of a number, though
/// not the text it was written as, and choose one of two equal keys. Use `init(json:)` and `json()` where it matters.
extension Edit: Codable {
    /// Decodes an edit document.
    public init(from decoder: any Decoder) throws { self = try Self.form.decode(decoder) }
    /// Encodes the edit as a document of the current version.
    public func encode(to encoder: any Encoder) throws { try Self.form.encode(self, to: encoder) }
}

extension Timeline: Codable {
    /// Decodes what an edit document has under `timeline`.
    public init(from decoder: any Decoder) throws { self = try Self.form.form.decode(decoder) }
    /// Encodes what an edit document has under `timeline`.
    public func encode(to encoder: any Encoder) throws { try Self.form.form.encode(self, to: encoder) }
}

extension Track: Codable {
    /// Decodes a track as an edit document has it.
    public init(from decoder: any Decoder) throws { self = try Self.form.form.decode(decoder) }
    /// Encodes a track as an edit document has it.
    public func encode(to encoder: any Encoder) throws { try Self.form.form.encode(self, to: encoder) }
}

extension Clip: Codable {
    /// Decodes a clip as an edit document has it, with its `type`.
    public init(from decoder: any Decoder) throws { self = try Self.form.decode(decoder) }
    /// Encodes a clip as an edit document has it, with its `type`.
    public func encode(to encoder: any Encoder) throws { try Self.form.encode(self, to: encoder) }
}

extension Output: Codable {
    /// Decodes what an edit document has under `output`.
    public init(from decoder: any Decoder) throws { self = try Self.form.form.decode(decoder) }
    /// Encodes what an edit document has under `output`.
    public func encode(to encoder: any Encoder) throws { try Self.form.form.encode(self, to: encoder) }
}

extension JSONValue: Codable {
    /// Reads JSON strictly, with every number as it was written.
    ///
    /// Names may not be repeated, and it may be nested 64 deep. Throws ``ComposeError`` with code `invalidEdit`, the line and
    /// the column.
    public init(json data: Data) throws(ComposeError) { self = try JSONReader.read(Array(data)).json }
    /// Returns the value as text made for reading, members sorted by name.
    ///
    /// Throws ``ComposeError`` with code `invalidEdit` for numbers that are none, and nesting beyond 64 levels.
    public func json() throws(ComposeError) -> Data {
        Data(JSONWriter.write(try JSONWriter.writable(JSONNode(self))).utf8)
    }
    /// Decodes any value.
    public init(from decoder: any Decoder) throws { self = try JSONNode(from: decoder).json }
    /// Encodes the value.
    public func encode(to encoder: any Encoder) throws {
        try JSONWriter.writable(JSONNode(self)).encode(to: encoder)
    }
}
