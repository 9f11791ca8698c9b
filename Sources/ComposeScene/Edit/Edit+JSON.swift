// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension Edit {
    /// Creates an edit from a document, read strictly: unknown, missing and mistyped fields are errors.
    ///
    /// Throws ``ComposeError`` with code `invalidEdit` and every problem, in document order, or with one problem that
    /// names line and column if the document is not JSON. Whether the values are valid is checked by
    /// ``valueProblems(for:)``.
    public init(json data: Data) throws(ComposeError) {
        self = try DocumentReader.read(JSONReader.read(Array(data)), as: Self.form)
    }

    /// Creates an edit from a document's text, read as by `init(json:)` for data.
    public init(json text: String) throws(ComposeError) {
        self = try DocumentReader.read(JSONReader.read(Array(text.utf8)), as: Self.form)
    }

    /// Creates an edit from a JSON value, read as by `init(json:)` for data.
    ///
    /// Use it for an edit that is part of another document, or from which members have to be removed first.
    public init(json value: JSONValue) throws(ComposeError) {
        self = try DocumentReader.read(JSONNode(value), as: Self.form)
    }

    /// Returns the edit as a document that reads back as the same edit.
    ///
    /// The text is formatted for people and is always the same for equal edits: fields are in the documentation's
    /// order, those of `metadata` are sorted by name, and defaults are omitted. Throws ``ComposeError`` for numbers
    /// that JSON cannot represent, such as NaN.
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

/// Coding of edits with any coder.
///
/// Decoding is as strict as `init(json:)` and throws the same `ComposeError`. Coders preserve the value of a number but
/// not its text, and pick one of two equal keys; use `init(json:)` and `json()` where that matters.
extension Edit: Codable {
    /// Decodes an edit document.
    public init(from decoder: any Decoder) throws { self = try Self.form.decode(decoder) }
    /// Encodes the edit as a document of the current version.
    public func encode(to encoder: any Encoder) throws { try Self.form.encode(self, to: encoder) }
}

extension Timeline: Codable {
    /// Decodes the `timeline` of an edit document.
    public init(from decoder: any Decoder) throws { self = try Self.form.form.decode(decoder) }
    /// Encodes the `timeline` of an edit document.
    public func encode(to encoder: any Encoder) throws { try Self.form.form.encode(self, to: encoder) }
}

extension Track: Codable {
    /// Decodes a track of an edit document.
    public init(from decoder: any Decoder) throws { self = try Self.form.form.decode(decoder) }
    /// Encodes the track as in an edit document.
    public func encode(to encoder: any Encoder) throws { try Self.form.form.encode(self, to: encoder) }
}

extension Clip: Codable {
    /// Decodes a clip of an edit document, which its `type` identifies.
    public init(from decoder: any Decoder) throws { self = try Self.form.decode(decoder) }
    /// Encodes the clip as in an edit document, with its `type`.
    public func encode(to encoder: any Encoder) throws { try Self.form.encode(self, to: encoder) }
}

extension Output: Codable {
    /// Decodes the `output` of an edit document.
    public init(from decoder: any Decoder) throws { self = try Self.form.form.decode(decoder) }
    /// Encodes the `output` of an edit document.
    public func encode(to encoder: any Encoder) throws { try Self.form.form.encode(self, to: encoder) }
}
