// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A GPU that is open for encoding.
@safe package final class Device: @unchecked Sendable {  // unchecked: libav's reference is atomic and never changed
    /// The interface to a GPU.
    package enum Kind: Sendable, Hashable {
        /// CUDA, which identifies a GPU by its number, such as `0`.
        case cuda
        /// VA-API, which identifies a GPU by the path of its render node.
        case vaapi
    }

    let pointer: OpaquePointer
    package let name: String

    /// Creates a device by opening a GPU, which may take a tenth of a second.
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

    /// An error number from CUDA's driver.
    package struct CUDAError: Error { package let number: Int }

    /// Returns the number of GPUs that CUDA's driver reports; takes a few milliseconds if there are any.
    package static func cudaCount() -> Result<Int, CUDAError> {
        var count: Int32 = 0
        let status = unsafe cfs_cuda_count(&count)
        return status == 0 ? .success(Int(count)) : .failure(CUDAError(number: Int(status)))
    }

    /// Whether the driver lists any way to encode.
    ///
    /// Always true for CUDA, whose driver reports this only when a session is opened.
    package var encodes: Bool { unsafe cfs_device_encodes(pointer) != 0 }
}
