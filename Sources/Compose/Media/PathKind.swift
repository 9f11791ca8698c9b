// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The kind of file at a path, with links followed.
enum PathKind {
    case nothing, folder, regular, special

    init(_ path: String) {
        // attributesOfItem does not follow links, so resolve them first.
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: real) else {
            self = .nothing
            return
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory?: self = .folder
        case .typeRegular?: self = .regular
        default: self = .special
        }
    }
}
