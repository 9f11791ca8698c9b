// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A graphics processor that is open for encoding.
@safe package final class Device: @unchecked Sendable {  // unchecked: libav's reference is atomic and never changed
    /// The way to it.
    package enum Kind: Sendable, Hashable {
        /// By number: `0`.
        case cuda
        /// By the path of its render node.
        case vaapi
    }

    let pointer: OpaquePointer
    package let name: String

    /// Opens it; may take a tenth of a second.
    package init(_ kind: Kind, name: String) throws(LibavError) {
        var opened: OpaquePointer?
        try check("open \(name)") {
            unsafe cfs_device_open(kind == .cuda ? CFS_CUDA : CFS_VAAPI, name, &opened)
        }
        guard let opened = unsafe opened else { throw .outOfMemory("open device") }
        unsafe pointer = opened
        self.name = name
    }

    deinit { unsafe cfs_device_free(pointer) }

    /// A number CUDA's driver gives instead of an answer.
    package struct CUDAError: Error { package let number: Int }

    /// How many processors CUDA's driver sees; a few milliseconds where there are any.
    package static func cudaCount() -> Result<Int, CUDAError> {
        var count: Int32 = 0
        let status = unsafe cfs_cuda_count(&count)
        return status == 0 ? .success(Int(count)) : .failure(CUDAError(number: Int(status)))
    }

    /// Whether its driver lists any way to encode.
    ///
    /// Always true for CUDA, whose driver says so only when a session is opened.
    package var encodes: Bool { unsafe cfs_device_encodes(pointer) != 0 }
}
