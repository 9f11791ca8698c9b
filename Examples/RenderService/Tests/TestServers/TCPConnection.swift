// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection to a port of this machine on which nothing is sent by itself.
public struct TCPConnection: Sendable {
    private let descriptor: Int32

    /// Connects.
    public init(port: Int) throws {
        descriptor = socket(AF_INET, Self.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close()
            throw ChildProcess.Failure(description: "port \(port) does not answer")
        }
    }

    /// Sends a text, and returns the beginning of the answer, which must arrive within five seconds.
    public func exchange(_ text: String) throws -> String {
        let sent = text.withCString { send(descriptor, $0, text.utf8.count, Self.noSignal) }
        guard sent == text.utf8.count else { throw ChildProcess.Failure(description: "it cannot be sent") }
        return String(decoding: try read(), as: UTF8.self)
    }

    /// Returns the next bytes, which must arrive within five seconds; none at the end of the connection.
    public func read() throws -> [UInt8] {
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw ChildProcess.Failure(description: "no answer") }
        return Array(buffer[..<count])
    }

    /// Closes the connection.
    public func close() {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
        private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
        private static let stream = SOCK_STREAM
        private static let noSignal: Int32 = 0
    #endif
}
