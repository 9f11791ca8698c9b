// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What jobs cost, in cents.
public struct Prices: Sendable, Hashable, Codable {
    /// A factor for all pictures up to a size.
    public struct Resolution: Sendable, Hashable, Codable {
        /// The largest number of pixels; without it, any.
        public var pixels: Int?
        /// What the price of the time is multiplied by.
        public var factor: Double
    }

    /// The price of a second of CPU time.
    public var cpuSecond: Double
    /// The price of a second during which a GPU is occupied.
    public var gpuSecond: Double
    /// The price of each job of a kind, besides its time.
    public var kinds: [String: Double]
    /// The factors, smallest pictures first; larger pictures than all of them have the last one.
    public var resolutions: [Resolution]

    private enum CodingKeys: String, CodingKey, CaseIterable { case cpuSecond, gpuSecond, kinds, resolutions }

    /// Reads prices from a document such as `{"cpuSecond": 0.2, "gpuSecond": 1.5, "kinds": {"render": 1}}`.
    ///
    /// Throws ``ArchiveError`` if a price is missing, unknown, negative or not a number.
    public init(json: Data) throws(ArchiveError) {
        let known = CodingKeys.allCases.map(\.rawValue)
        do {
            let names = (try JSONSerialization.jsonObject(with: json) as? [String: Any])?.keys ?? [:].keys
            if let other = names.first(where: { !known.contains($0) }) {
                throw ArchiveError.invalid(
                    "there is no price \(other.debugDescription); use \(known.joined(separator: ", "))")
            }
            self = try JSONDecoder().decode(Prices.self, from: json)
        } catch let error as ArchiveError {
            throw error
        } catch {
            throw ArchiveError.invalid(
                #"the prices are not like {"cpuSecond": 0.2, "gpuSecond": 1.5, "kinds": {"render": 1}, "resolutions": [{"pixels": 921600, "factor": 1}, {"factor": 2}]}"#
            )
        }
        let numbers = [cpuSecond, gpuSecond] + kinds.values + resolutions.map(\.factor)
        guard numbers.allSatisfy({ (0...1_000_000).contains($0) }) else {
            throw ArchiveError.invalid("a price is from 0 to 1000000")
        }
        let sizes = resolutions.dropLast().compactMap(\.pixels)
        guard sizes.count == max(0, resolutions.count - 1), sizes == sizes.sorted() else {
            throw ArchiveError.invalid("the resolutions are ordered by pixels, and only the last may have none")
        }
    }

    /// Creates prices from a document.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        cpuSecond = try values.decodeIfPresent(Double.self, forKey: .cpuSecond) ?? 0
        gpuSecond = try values.decodeIfPresent(Double.self, forKey: .gpuSecond) ?? 0
        kinds = try values.decodeIfPresent([String: Double].self, forKey: .kinds) ?? [:]
        resolutions = try values.decodeIfPresent([Resolution].self, forKey: .resolutions) ?? []
    }

    /// Returns the price of a job in whole cents, rounded up.
    public func cents(_ cost: Generation.Cost, pixels: Int, kind: String) -> Int64 {
        let fitting = resolutions.first { $0.pixels.map { pixels <= $0 } ?? true }
        let factor = (fitting ?? resolutions.last)?.factor ?? 1
        let time = max(0, cost.cpuSeconds) * cpuSecond + max(0, cost.gpuSeconds) * gpuSecond
        // The small difference keeps what is a whole number but for rounding from being rounded up.
        let cents = ((kinds[kind] ?? 0) + time * factor - 1e-9).rounded(.up)
        return cents.isFinite ? Int64(min(max(0, cents), 1e15)) : 0
    }
}
