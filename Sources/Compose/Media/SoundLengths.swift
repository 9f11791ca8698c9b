// SPDX-License-Identifier: Apache-2.0

internal import Libav

/// The lengths of sound files that were measured before, in samples at 48 kHz.
///
/// Some are known only once the whole file has been read, and services plan with the same music again and again.
/// Thread-safe.
final class SoundLengths: Sendable {
    static let shared = SoundLengths()

    private let known = Locked<[FileFingerprint: Int]>([:])
    /// Enough for a library of music, and less than 1 MB.
    private static let most = 10_000

    /// Returns the length of a file, which is measured if it is not known.
    func length(
        of fingerprint: FileFingerprint, _ measure: () throws(LibavError) -> Int
    ) throws(LibavError) -> Int {
        if let length = known.withLock({ $0[fingerprint] }) { return length }
        let length = try measure()
        known.withLock {
            if $0.count >= Self.most { $0.removeAll() }
            $0[fingerprint] = length
        }
        return length
    }
}
