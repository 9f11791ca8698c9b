// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// What a service does with an edit before rendering: extracts it from a larger document and fetches its files.
struct EditMediaTests {
    private static let json = #"""
        { "version": 1,
          "timeline": {
            "size": { "width": 64, "height": 64 },
            "tracks": [
              { "clips": [
                { "type": "image", "src": "a.jpg", "duration": 1 },
                { "type": "transition", "name": "map", "src": "map.png", "duration": 0.5 },
                { "type": "color", "color": "#000000", "duration": 1 },
                { "type": "image", "src": "a.jpg", "duration": 1 } ] },
              { "clips": [ { "type": "audio", "src": "m.mp3" } ] } ] } }
        """#

    @Test func `every file of an edit is told with its place, in order`() throws {
        let media = try Edit(json: Self.json).media
        #expect(media.map(\.src) == ["a.jpg", "map.png", "a.jpg", "m.mp3"])
        #expect(
            media.map(\.path) == [
                "tracks[0].clips[0].src", "tracks[0].clips[1].src", "tracks[0].clips[3].src", "tracks[1].clips[0].src",
            ])
        #expect(media.map(\.use) == [.picture, .map, .picture, .sound])
    }

    @Test func `files are exchanged and nothing else is`() throws {
        let edit = try Edit(json: Self.json)
        let moved = edit.mapMedia { "x/" + $0.src }
        #expect(moved.media.map(\.src) == ["x/a.jpg", "x/map.png", "x/a.jpg", "x/m.mp3"])
        #expect(moved.mapMedia { String($0.src.dropFirst(2)) } == edit)
        struct Refused: Error, Equatable { let path: String }
        #expect(throws: Refused(path: "tracks[0].clips[1].src")) {
            try edit.mapMedia { reference throws(Refused) in
                guard reference.src != "map.png" else { throw Refused(path: reference.path) }
                return reference.src
            }
        }
    }

    @Test func `an edit is read from a value as it is from text`() throws {
        let value = try JSONValue(json: Data(Self.json.utf8))
        #expect(try Edit(json: value) == Edit(json: Self.json))
        guard case .object(var members) = value else { return }
        members["extra"] = .bool(true)
        let error = #expect(throws: ComposeError.self) { try Edit(json: JSONValue.object(members)) }
        #expect(error?.problems.first?.path == "extra")
        members["extra"] = nil
        #expect(try Edit(json: JSONValue.object(members)).timeline.tracks.count == 2)
    }

    @Test func `numbers of a value keep their digits, and wrong text says where`() throws {
        #expect(try JSONValue(json: Data("[0.1234567890123456789]".utf8)) == .array([.number("0.1234567890123456789")]))
        let error = #expect(throws: ComposeError.self) { try JSONValue(json: Data("{\"a\": tru}".utf8)) }
        #expect(error?.description.contains("line 1") == true, "\(String(describing: error))")
    }
}
