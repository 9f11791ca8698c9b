// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What lies at a path, links followed.
enum PathKind {
    case nothing, folder, regular, special

    init(_ path: String) {
        // attributesOfItem does not follow a link; the folder listing under its real name does.
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
