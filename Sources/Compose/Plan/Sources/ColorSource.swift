// SPDX-License-Identifier: Apache-2.0

package import Libav

/// One colour.
package struct ColorSource: PictureSource {
    package var color: YUVColor
    /// The opacity, 0…255.
    package var alpha: Int

    package var bytes: Int { 0 }

    package func mark(_ hash: inout StableHash) {
        for part in [color.y, color.u, color.v, alpha] { hash.add(part) }
    }

    package func add(to bytes: inout CanonicalBytes, contents: [UInt8]) {
        bytes.tag(0)
        bytes.add(color)
        bytes.add(alpha)
    }

    package var description: String {
        "color \(color.y),\(color.u),\(color.v)" + (alpha < 255 ? " alpha \(alpha)" : "")
    }

    package var json: [String: JSONValue] {
        ["kind": .string("color"), "color": color.json, "alpha": .int(alpha)]
    }
}
