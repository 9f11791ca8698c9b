// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ComposeScene

/// Results of recognisers, in the shapes that their programs write.
@Suite struct CaptionTranscriptTests {
    @Test func `openai-whisper's segments have words with leading spaces`() throws {
        let found = try captions(
            """
            {"text": " Welcome to it. 你好世界",
             "segments": [
              {"id": 0, "seek": 0, "start": 1.22, "end": 2.1399999999999997, "text": " Welcome to it.",
               "tokens": [50364, 4027, 281, 3669], "temperature": 0.0, "avg_logprob": NaN, "no_speech_prob": 0.07,
               "words": [{"word": " Welcome", "start": 1.22, "end": 1.84, "probability": 0.78},
                         {"word": " to", "start": 1.84, "end": 2.0, "probability": 0.99},
                         {"word": " it.", "start": 2.0, "end": 2.1399999999999997, "probability": 0.96}]},
              {"id": 1, "start": 3.0, "end": 4.0, "text": "你好世界",
               "words": [{"word": "你好", "start": 3.0, "end": 3.5}, {"word": "世界", "start": 3.5, "end": 4.0}]}],
             "language": "en"}
            """, "a.json")
        #expect(found.language == "en")
        #expect(found.lines == ["1220-2140 Welcome to it.", "3000-4000 你好世界"])
        #expect(found.cues[0].wordLines == ["1220-1840 Welcome", "1840-2000  to", "2000-2140  it."])
        #expect(found.cues[0].words[2].end == .milliseconds(2140))
        #expect(found.cues[1].wordLines == ["3000-3500 你好", "3500-4000 世界"])
        #expect(found.warnings == [])
    }

    @Test(arguments: [
        #"[{"start": 0.06, "end": 1.06, "text": " And so", "words": [{"start": 0.06, "end": 0.74, "word": " And", "probability": 0.7}, {"start": 0.74, "end": 1.06, "word": " so", "probability": 0.7}]}]"#,
        #"{"segments": [[0, 100, 0.06, 1.06, " And so", [1, 2], -0.2, 1.1, 0.01, [[0.06, 0.74, " And", 0.7], [0.74, 1.06, " so", 0.7]], 0.0]]}"#,
        #"[[0, 100, 0.06, 1.06, " And so", [1, 2], -0.2, 1.1, 0.01, [[0.06, 0.74, " And", 0.7], [0.74, 1.06, " so", 0.7]], 0.0]]"#,
        #"{"segments": [{"start": 0.06, "end": 1.06, "text": "And so"}], "words": [{"word": "And", "start": 0.06, "end": 0.74}, {"word": "so", "start": 0.74, "end": 1.06}]}"#,
        #"{"words": [{"word": " And", "start": 0.06, "end": 0.74}, {"word": " so", "start": 0.74, "end": 1.06}]}"#,
        #"{"words": [{"text": "And", "start": 0.06, "end": 0.74}, {"text": "so", "start": 0.74, "end": 1.06}]}"#,
        #"{"words": [{"text": "And", "start": 0.06, "end": 0.74}, {"text": " ", "start": 0.74, "end": 0.74}, {"text": "so", "start": 0.74, "end": 1.06}]}"#,
        #"{"word_segments": [{"word": "And", "start": 0.06, "end": 0.74, "score": NaN}, {"word": "so", "start": 0.74, "end": 1.06}]}"#,
        #"{"text": " And so", "chunks": [{"text": " And", "timestamp": [0.06, 0.74]}, {"text": " so", "timestamp": [0.74, 1.06]}]}"#,
        "{\"word\": \" And\", \"start\": 0.06, \"end\": 0.74}\n{\"word\": \" so\", \"start\": 0.74, \"end\": 1.06}\n",
        #"{"output": {"segments": [{"start": 0.06, "end": 1.06, "text": "And so", "words": [{"word": "And", "start": 0.06, "end": 0.74}, {"word": "so", "start": 0.74, "end": 1.06}]}]}}"#,
    ])
    func `the same words are read from every shape`(text: String) throws {
        let found = try captions(text, "a.json")
        #expect(found.cues.map(\.text) == ["And so"])
        #expect(found.cues.first?.wordLines == ["60-740 And", "740-1060  so"])
    }

    @Test func `whisper.cpp's tokens are joined into words`() throws {
        let found = try captions(
            """
            {"systeminfo": "AVX = 1", "model": {"type": "base"}, "params": {"language": "auto"},
             "result": {"language": "en"},
             "transcription": [
               {"timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"}, "offsets": {"from": 0, "to": 2000},
                "text": " Enormous, it's.",
                "tokens": [
                 {"text": "[_BEG_]", "timestamps": {"from": "00:00:00,000", "to": "00:00:00,000"}, "offsets": {"from": 0, "to": 0}, "id": 50364, "p": 0.9, "t_dtw": -1},
                 {"text": " En", "offsets": {"from": 100, "to": 300}, "id": 1, "p": 0.9},
                 {"text": "orm", "offsets": {"from": 300, "to": 500}, "id": 1, "p": 0.9},
                 {"text": "ous", "offsets": {"from": 500, "to": 700}, "id": 1, "p": 0.9},
                 {"text": ",", "offsets": {"from": 700, "to": 750}, "id": 1, "p": 0.9},
                 {"text": " it", "offsets": {"from": 1000, "to": 1200}, "id": 1, "p": 0.9},
                 {"text": "'s", "id": 291, "p": 0.96, "t_dtw": -1},
                 {"text": ".", "offsets": {"from": 1900, "to": 2000}, "id": 1, "p": 0.9},
                 {"text": "[_TT_100]", "offsets": {"from": 2000, "to": 2000}, "id": 50464, "p": 0.9}]}]}
            """, "a.json")
        #expect(found.language == "en")
        #expect(found.lines == ["0-2000 Enormous, it's."])
        #expect(found.cues[0].wordLines == ["100-750 Enormous,", "1000-2000  it's."])
    }

    @Test func `characters that whisper.cpp cuts in halves are put together`() throws {
        // 你 is E4 BD A0 and 好 is E5 A5 BD; the tokens end in the middle of the second one.
        var bytes = Array(#"{"transcription": [{"offsets": {"from": 0, "to": 900}, "text": "你好吗", "tokens": ["#.utf8)
        bytes += Array(#"{"text": "你", "offsets": {"from": 0, "to": 300}},"#.utf8)
        bytes += Array(#"{"text": ""#.utf8) + [0xE5, 0xA5] + Array(#"", "offsets": {"from": 300, "to": 400}},"#.utf8)
        bytes += Array(#"{"text": ""#.utf8) + [0xBD] + Array(#"", "offsets": {"from": 400, "to": 600}},"#.utf8)
        bytes += Array(#"{"text": "吗", "offsets": {"from": 600, "to": 900}}]}]}"#.utf8)
        let found = try Captions(reading: bytes, name: "a.json")
        #expect(found.lines == ["0-900 你好吗"])
        #expect(found.cues[0].wordLines == ["0-300 你", "300-600 好", "600-900 吗"])
    }

    @Test func `control characters are left out of JSON too, even where characters are cut in halves`() throws {
        let bytes =
            Array(#"[{"start": 1, "end": 2, "text": "a\u007Fb"#.utf8) + [0x7F, 0x07]
            + Array(#"c\u0001", "note": ""#.utf8) + [0xE5] + Array(#""}]"#.utf8)
        #expect(try Captions(reading: bytes, name: "a.json").lines == ["1000-2000 abc"])
    }

    @Test func `whisper.cpp's segments of a token each are words`() throws {
        let parts = [
            (" Okay", 10, 530), (",", 530, 810), (" got", 810, 1370), (" pow", 1370, 1600), ("er", 1600, 1950),
            (".", 1950, 2000),
        ]
        let list = parts.map { #"{"offsets": {"from": \#($0.1), "to": \#($0.2)}, "text": "\#($0.0)"}"# }
        let found = try captions(#"{"transcription": [\#(list.joined(separator: ","))]}"#, "a.json")
        #expect(found.lines == ["10-2000 Okay, got power."])
        #expect(found.cues[0].words.map(\.text) == ["Okay", ",", " got", " pow", "er", "."])
    }

    @Test func `WhisperX's words without times share the time between their neighbours`() throws {
        let found = try captions(
            """
            {"segments": [{"start": 0.5, "end": 4, "text": " na 12 345 juni. Ja 7", "speaker": "SPEAKER_00", "words": [
              {"word": "na", "start": 1.0, "end": 1.5, "score": 0.759, "speaker": "SPEAKER_00"}, {"word": "12"},
              {"word": "345"}, {"word": "juni.", "start": 2.5, "end": 3.0, "score": 0.288, "speaker": "SPEAKER_00"},
              {"word": "Ja", "start": 3.0, "end": 3.5, "speaker": "SPEAKER_01"}, {"word": "7"}]}],
             "word_segments": [{"word": "na", "start": 1.0, "end": 1.5}], "language": "nl"}
            """, "a.json")
        #expect(found.cues.map(\.text) == ["na 12 345 juni.", "Ja 7"])
        #expect(found.cues.map(\.speaker) == ["SPEAKER_00", "SPEAKER_01"])
        #expect(found.cues[0].wordLines == ["1000-1500 na", "1500-1900  12", "1900-2500  345", "2500-3000  juni."])
        #expect(found.cues[1].wordLines == ["3000-3500 Ja", "3500-4000  7"])
        #expect(found.cues[0].start == .milliseconds(500) && found.cues[1].end == .seconds(4))
    }

    @Test func `words of OpenAI's API get the punctuation of their segments`() throws {
        let found = try captions(
            """
            {"task": "transcribe", "language": "english", "duration": 8.47, "text": "The (old) beach, twice; twice. It's 5 €!",
             "words": [{"word": "The", "start": 0, "end": 0.2}, {"word": "old", "start": 0.2, "end": 0.4},
              {"word": "beach", "start": 0.4, "end": 0.9}, {"word": "twice", "start": 1, "end": 1.5},
              {"word": "twice", "start": 2, "end": 2.5}, {"word": "It's", "start": 2.4, "end": 2.8}, {"word": "5", "start": 3, "end": 4}],
             "segments": [{"id": 0, "start": 0, "end": 1.8, "text": " The (old) beach, twice;"},
              {"id": 1, "start": 1.8, "end": 4.1, "text": " twice. It's 5 €!"}]}
            """, "a.json")
        #expect(found.language == "english")
        #expect(found.lines == ["0-1800 The (old) beach, twice;", "1800-4100 twice. It's 5 €!"])
        #expect(found.cues[0].words.map(\.text) == ["The", " (old)", " beach,", " twice;"])
        // The word before is cut where the next one begins.
        #expect(found.cues[1].wordLines == ["2000-2400 twice.", "2400-2800  It's", "3000-4000  5 €!"])
    }

    @Test func `words alone become cues, with spaces where their script has them`() throws {
        let words = ["Good", "morning", ",", "everyone", ".", "今日", "は", "晴れ"].enumerated().map {
            #"{"text": "\#($1)", "start": \#($0), "end": \#($0 + 1)}"#
        }
        let found = try captions(#"{"words": [\#(words.joined(separator: ","))]}"#, "a.json")
        #expect(found.cues.map(\.text) == ["Good morning, everyone.", "今日は晴れ"])
    }

    @Test func `a text without times is shown for its duration, or refused`() throws {
        let found = try captions(#"{"text": "All of it.", "duration": 4.5}"#, "a.json")
        #expect(found.lines == ["0-4500 All of it."])
        #expect(found.warnings.count == 1)
        #expect(
            refusal("{\n  \"text\": \"All of it.\"}", "a.json")
                == "line 2, column 11: this result has a text but no times; ask the recogniser for segments or words, "
                + "which OpenAI's API gives as verbose_json")
    }

    @Test(arguments: [
        #"{"segments": []}"#, #"{"text": "", "segments": [], "language": "en"}"#, "[]", #"{"words": []}"#,
    ])
    func `silence has no captions`(text: String) throws {
        let found = try captions(text, "a.json")
        #expect(found.cues.isEmpty)
        #expect(found.warnings.map(\.message) == ["there are no captions in the file"])
    }

    @Test(arguments: [
        ("{", "line 1, column 2: expected a field name in double quotes, found the end of the file"),
        (
            #"{"segments": [{"start": 1, "#,
            "line 1, column 28: expected a field name in double quotes, found the end of the file"
        ),
        (#"{"segments": [1]}"#, "line 1, column 15: expected a segment with \"start\", \"end\" and \"text\""),
        (
            #"{"segments": [{"start": 90000, "end": 90001, "text": "x"}]}"#,
            "line 1, column 25: \"90000\" is later than 24 h, the longest that a video may be"
        ),
        (
            #"{"a": 1}"#,
            "line 1, column 1: there are no captions in this JSON; it needs \"segments\" or \"words\" with \"start\" and \"end\""
        ),
        (
            "{'segments': []}",
            "line 1, column 2: expected a field name in double quotes, found \"'\"; this is Python's notation, write it with json.dump"
        ),
        (
            "{\"words\":\n [{\"text\": \"a\\ud800\"}]}",
            "line 2, column 14: half of a surrogate pair; the text was cut in the middle of a character"
        ),
        (#"{"words": [{"text": "a\u0000"}]}"#, "line 1, column 23: a NUL character in a string; remove it"),
        (#"{"words": [{"text": "a\q"}]}"#, "line 1, column 23: unknown escape in a string"),
        (#"{"words": [01]}"#, "line 1, column 12: expected a word with \"text\", \"start\" and \"end\""),
        (#"{"words": [1.]}"#, "line 1, column 12: malformed number"),
        (#"{"words": ["a"#, "line 1, column 12: this string has no end; the file was cut off"),
        (#"{"words": [{"start": 1}"#, "line 1, column 11: this array has no end; the file was cut off"),
    ])
    func `broken JSON is refused with line and column`(text: String, message: String) {
        #expect(refusal(text, "a.json") == message)
    }

    @Test func `segments without times or without a length are left out with a warning`() throws {
        let found = try captions(
            #"[{"start": 1, "end": 2, "text": "good"}, {"text": "no times"}, {"start": 3, "end": 3, "text": "no length"}, {"start": 4, "end": 5, "text": " "}]"#,
            "a.json")
        #expect(found.lines == ["1000-2000 good"])
        #expect(
            found.warnings.map(\.message) == [
                "a cue without times was left out", "a cue that does not end after its start was left out",
                "a cue without text was left out",
            ])
    }
}
