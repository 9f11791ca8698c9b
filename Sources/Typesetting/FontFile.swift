// SPDX-License-Identifier: Apache-2.0

/// A font file that an edit brings.
package struct FontFile: Sendable, Hashable {
    package var path: String
    /// The family that the edit calls it by; `nil` for the names in the file.
    package var family: String?

    package init(path: String, family: String? = nil) {
        self.path = path
        self.family = family
    }
}
