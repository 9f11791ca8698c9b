// SPDX-License-Identifier: Apache-2.0

/// The files of a plan, for its sources.
package struct MediaAccess: Sendable {
    let folder: String
    let decoders: VideoDecoders

    init(folder: String, decoders: VideoDecoders = VideoDecoders()) {
        self.folder = folder
        self.decoders = decoders
    }

    /// Returns the file-system path of a file of the edit.
    package func path(of src: String) -> String { resolve(src, in: folder) }
}
