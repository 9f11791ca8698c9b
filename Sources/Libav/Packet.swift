// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// An encoded packet of a stream.
@safe package final class Packet {
    let pointer: OpaquePointer

    init() throws(LibavError) {
        guard let created = unsafe cfs_packet_create() else { throw .outOfMemory("allocate packet") }
        unsafe pointer = created
    }

    deinit { unsafe cfs_packet_free(pointer) }

    /// Creates a packet from bytes of an earlier one; ``place(at:decodedAt:lasting:)`` sets its times.
    package convenience init(_ range: Range<Int>, of bytes: SharedBytes, flags: Int) throws(LibavError) {
        try self.init()
        try check("share packet") {
            unsafe cfs_packet_share(
                pointer, bytes.pointer, range.lowerBound, Int32(clamping: range.count), Int32(truncatingIfNeeded: flags)
            )
        }
    }

    /// Creates a packet that can be decoded by itself; ``place(at:lasting:)`` sets its times.
    package convenience init(bytes: [UInt8]) throws(LibavError) {
        try self.init(0..<bytes.count, of: SharedBytes(bytes[...]), flags: 1)
    }

    /// The duration, in frames for pictures or in samples for sound.
    package var duration: Int { Int(unsafe cfs_packet_duration(pointer)) }

    /// Sets the time and duration of sound, in samples.
    package func place(at time: Int, lasting duration: Int) {
        unsafe cfs_packet_time_sound(pointer, Int64(time), Int64(duration))
    }

    /// The side data, such as the number of samples to skip, each with libav's number for its type.
    package var sideData: [(type: Int, bytes: [UInt8])] {
        (0..<sideCount).map { index in
            var type: Int32 = 0
            var bytes: UnsafePointer<UInt8>?
            let count = unsafe cfs_packet_side(pointer, index, &type, &bytes)
            return (Int(type), unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
        }
    }

    private var sideCount: Int32 { unsafe cfs_packet_side_count(pointer) }

    package func addSideData(type: Int, bytes: [UInt8]) throws(LibavError) {
        try check("add side data") {
            unsafe bytes.withUnsafeBufferPointer {
                unsafe cfs_packet_add_side(pointer, Int32(truncatingIfNeeded: type), $0.baseAddress, $0.count)
            }
        }
    }

    /// The codecs of which it is known what one packet passes on to the next.
    package enum Carry: Sendable {
        case aac, mp3, opus
    }

    /// Returns what the packet after this one needs of it, as a number; `nil` if the packet does not tell.
    ///
    /// Two streams may be joined behind packets of the same time for which it is equal.
    package func carries(_ codec: Carry) -> Int? {
        let known: cfs_carry_codec =
            switch codec {
            case .aac: CFS_CARRY_AAC
            case .mp3: CFS_CARRY_MP3
            case .opus: CFS_CARRY_OPUS
            }
        let carry = Int(unsafe cfs_packet_carry(pointer, known))
        return carry < 0 ? nil : carry
    }

    /// Gives a frame of FLAC another number.
    package func numberFLAC(_ number: Int) throws(LibavError) {
        try check("number sound") { unsafe cfs_packet_number_flac(pointer, UInt32(clamping: number)) }
    }

    /// Sets the presentation time, decoding time and duration of a picture, in frames.
    package func place(at time: Int, decodedAt decodeTime: Int, lasting duration: Int) {
        unsafe cfs_packet_place(pointer, Int64(time), Int64(decodeTime), Int64(duration))
    }

    /// The size in bytes.
    package var size: Int { Int(unsafe cfs_packet_size(pointer)) }
    /// The approximate memory it takes in bytes, including its description.
    package var memory: Int { size + 256 }
    /// The presentation time in frames or samples; valid before the packet is written to a file.
    package var time: Int { Int(unsafe cfs_packet_time(pointer)) }
    /// The decoding time in frames or samples; valid before the packet is written to a file.
    package var decodeTime: Int { Int(unsafe cfs_packet_decode_time(pointer)) }
    /// libav's flags: whether it is a key frame, and whether other packets depend on it.
    package var flags: Int { Int(unsafe cfs_packet_flags(pointer)) }

    /// The contents.
    package var bytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: cfs_packet_bytes(pointer), count: size))
    }
}

/// A copy of bytes that packets share.
@safe package final class SharedBytes {
    let pointer: OpaquePointer

    /// Creates a copy of a slice, which must begin at index 0 so that its indices are offsets in the copy.
    package init(_ bytes: ArraySlice<UInt8>) throws(LibavError) {
        precondition(bytes.startIndex == 0)
        let copy = unsafe bytes.withUnsafeBufferPointer { unsafe cfs_bytes_copy($0.baseAddress, $0.count) }
        guard let copy = unsafe copy else { throw .outOfMemory("copy packets") }
        unsafe pointer = copy
    }

    deinit { unsafe cfs_bytes_free(pointer) }
}
