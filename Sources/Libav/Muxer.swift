// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An MP4 file in the making.
@safe package final class Muxer {
    private let pointer: OpaquePointer

    /// Creates the file; an existing one is written over.
    package init(path: String) throws(LibavError) {
        var opened: OpaquePointer?
        try check("create \(path)") { unsafe cfs_muxer_open(path, &opened) }
        guard let opened = unsafe opened else { throw .outOfMemory("create file") }
        unsafe pointer = opened
    }

    deinit { unsafe cfs_muxer_free(pointer) }

    /// Adds a stream for an encoder and returns its number.
    package func add(_ encoder: Encoder) throws(LibavError) -> Int {
        Int(try check("add stream") { unsafe cfs_muxer_add(pointer, encoder.pointer) })
    }

    package func writeHeader() throws(LibavError) {
        try check("write header") { unsafe cfs_muxer_write_header(pointer) }
    }

    /// Writes a packet, whose contents it takes.
    package func write(_ packet: Packet, stream: Int, of encoder: Encoder) throws(LibavError) {
        try check("write packet") {
            unsafe cfs_muxer_write(pointer, Int32(stream), encoder.pointer, packet.pointer)
        }
    }

    /// Writes the index and closes the file.
    package func finish() throws(LibavError) {
        try check("write index") { unsafe cfs_muxer_finish(pointer) }
    }
}
