// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What lies at a path, links followed.
enum PathKind {
    case nothing, folder, other

    init(_ path: String) {
        // attributesOfItem does not follow a link; the folder listing under its real name does.
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: real) else {
            self = .nothing
            return
        }
        self = attributes[.type] as? FileAttributeType == .typeDirectory ? .folder : .other
    }
}
