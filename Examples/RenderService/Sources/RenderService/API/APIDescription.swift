// SPDX-License-Identifier: Apache-2.0

import Compose
import Foundation

/// The description of the API: the service's own part, with the definitions of the edit document.
///
/// Those are the ones that the library makes of the fields it reads, so that no field of an edit can be missing.
enum APIDescription {
    /// Returns the description, with the definitions before the schemas of the service's own part.
    static func complete(_ own: String) throws -> String {
        let beginning = #""schemas": {"#
        guard let place = own.range(of: beginning), let definitions else {
            throw ConfigurationError(
                "openapi.json", "has no schemas; copy the .resources folder of the same build as the program")
        }
        return own.replacingCharacters(in: place, with: beginning + definitions + ",")
    }

    /// The members of the schema's `$defs`, which are its last member, with references to where they are here.
    private static var definitions: String? {
        let schema = Edit.schema.replacingOccurrences(of: "#/$defs/", with: "#/components/schemas/")
        guard let start = schema.range(of: #""$defs": {"#)?.upperBound, let whole = schema.lastIndex(of: "}"),
            let end = schema[..<whole].lastIndex(of: "}"), start < end
        else { return nil }
        return String(schema[start..<end])
    }
}
