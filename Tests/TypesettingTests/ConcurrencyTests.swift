// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Typesetting

/// One set, many users.
@Suite struct ConcurrencyTests {
    @Test func `eight threads draw the same pixels as one`() async throws {
        let fonts = try Fonts.plain.get()
        let texts = (0..<8).map { index in
            block("Text \(index) 😀 ffi", size: 30 + Double(index) * 5) {
                $0.maxWidth = 260
                $0.shadows = [TextShadow(x: 2, y: 2, blur: 6, color: .black)]
            }
        }
        let expected = try texts.map { try Drawn($0, width: 300, height: 240) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    for round in 0..<12 {
                        let index = (thread + round) % texts.count
                        let frame = try fonts.draw(texts[index], x: 20, y: 20, width: 300, height: 240)
                        guard Drawn(frame) == expected[index] else { return false }
                    }
                    return true
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test func `sets are opened and closed beside each other`() async throws {
        let width = try layout(block("Hamburg")).width
        try await withThrowingTaskGroup(of: Double.self) { group in
            for _ in 0..<8 { group.addTask { try FontSet([]).layout(block("Hamburg")).width } }
            for try await found in group { #expect(found == width) }
        }
    }
}
