// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Runs a program and returns its standard output; throws if it fails.
@discardableResult
func run(_ program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = readToEnd(output.fileHandleForReading)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments) failed")
    return data
}

/// Reads until the writer closes its end.
///
/// FileHandle ends the process if a signal interrupts the call.
private func readToEnd(_ handle: FileHandle) -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(handle.fileDescriptor, &buffer, buffer.count)
        if count > 0 {
            data.append(contentsOf: buffer[..<count])
        } else if count == 0 || errno != EINTR {
            return data
        }
    }
}

/// Returns ffprobe's entries for a stream, by name.
func probe(_ path: String, stream: String) throws -> [String: String] {
    let text = String(
        decoding: try run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", stream, "-count_frames", "-show_entries", "stream", "-of",
                "default=noprint_wrappers=1", path,
            ]), as: UTF8.self)
    return text.split(separator: "\n").reduce(into: [:]) { table, line in
        let parts = line.split(separator: "=", maxSplits: 1)
        if parts.count == 2 { table[String(parts[0])] = String(parts[1]) }
    }
}

/// Returns a file's audio, decoded by FFmpeg to interleaved stereo samples at 48 kHz.
func decodedSound(_ path: String) throws -> [Float] {
    let data = try run(
        "ffmpeg", ["-v", "error", "-xerror", "-i", path, "-vn", "-f", "f32le", "-ac", "2", "-ar", "48000", "-"])
    return floats(data)
}

/// The major version of FFmpeg's libavcodec: 59 in FFmpeg 5, 61 in 7, 63 in 9.
let codecVersion: Int = {
    let text = (try? String(decoding: run("ffprobe", ["-version"]), as: UTF8.self)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("libavcodec") } ?? ""
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
}()

/// Returns the little-endian 32-bit floats of some bytes.
func floats(_ data: Data) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: data.count / 4) { buffer, count in
        count = unsafe data.copyBytes(to: buffer) / 4
    }
}

/// Returns a file's pictures, decoded by FFmpeg and cropped exactly as the file says.
func decodedFrames(_ path: String, width: Int, height: Int) throws -> [Planes] {
    let data = try run(
        "ffmpeg",
        [
            "-v", "error", "-xerror", "-flags", "unaligned", "-i", path, "-an", "-f", "rawvideo", "-pix_fmt", "yuv420p",
            "-fps_mode",
            "passthrough", "-",
        ])
    let size = width * height * 3 / 2
    return stride(from: 0, to: data.count - size + 1, by: size).map {
        Planes(raw: Array(data[(data.startIndex + $0)..<(data.startIndex + $0 + size)]), width: width, height: height)
    }
}
