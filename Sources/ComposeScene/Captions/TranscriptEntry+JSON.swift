// SPDX-License-Identifier: Apache-2.0

extension CaptionJSON {
    /// Returns the segment or the word that a value is; `nil` if it is neither an object nor an array.
    func entry(_ value: Int) throws(ComposeError) -> TranscriptEntry? {
        if isArray(value) { return try tuple(value) }
        guard isObject(value) else { return nil }
        var entry = TranscriptEntry(offset: offset(of: value))
        if let text = member(["punctuated_word", "word", "text"], of: value) { entry.text = try string(text) }
        if let start = member("start", of: value) { entry.start = try seconds(start) }
        if let end = member("end", of: value) { entry.end = try seconds(end) }
        if let times = member("timestamp", of: value) {
            let times = items(times)
            if times.count == 2 { (entry.start, entry.end) = (try seconds(times[0]), try seconds(times[1])) }
        }
        if let times = member("offsets", of: value) {
            if let from = member("from", of: times) { entry.start = try milliseconds(from) }
            if let to = member("to", of: times) { entry.end = try milliseconds(to) }
        } else if let times = member("timestamps", of: value) {
            entry.start = try clock("from", of: times)
            entry.end = try clock("to", of: times)
        }
        entry.speaker = try name("speaker", of: value)
        if let id = member("id", of: value) { entry.id = try string(id) }
        if let language = member("language", of: value) {
            entry.language = try string(language).flatMap { CaptionLanguage.tag($0) }
        }
        if let words = member("words", of: value) {
            for word in try limited(items(words), at: words) {
                guard let word = try self.entry(word) else {
                    throw source.failure("expected a word with \"word\", \"start\" and \"end\"", at: offset(of: word))
                }
                entry.words.append(word)
            }
        } else if let tokens = member("tokens", of: value), holdsObjects(tokens) {
            entry.words = try words(ofTokens: limited(items(tokens), at: tokens))
        }
        return entry
    }

    /// Returns the values if they are not more than a file may have words.
    func limited(_ items: [Int], at value: Int) throws(ComposeError) -> [Int] {
        guard items.count <= Captions.mostWords else { throw tooManyWords(at: value) }
        return items
    }

    func tooManyWords(at value: Int) -> ComposeError {
        source.failure(
            "there are more than \(Captions.mostWords) words or segments; split the file into several",
            at: offset(of: value))
    }

    /// Returns the text of a member that is a string or a number.
    private func name(_ name: String, of value: Int) throws(ComposeError) -> String? {
        guard let member = member(name, of: value) else { return nil }
        if isNumber(member) {
            let rest = bytes[offset(of: member)...].prefix(20).prefix { $0.isDigit }
            return String(decoding: rest, as: UTF8.self)
        }
        guard let text = try string(member)?.trimmed, !text.isEmpty else { return nil }
        return text
    }

    private func clock(_ name: String, of value: Int) throws(ComposeError) -> Int64? {
        guard let member = member(name, of: value), let text = rawString(member) else { return nil }
        switch CaptionTime.clock(text, text.indices) {
        case .success(let time): return time
        case .failure: throw source.failure("this is no time; write it as \"00:00:02,500\"", at: offset(of: member))
        }
    }

    /// Returns the segment or the word of a named tuple of Python's, which is an array in JSON.
    ///
    /// Its text is its first string, and the two numbers before are its times.
    private func tuple(_ value: Int) throws(ComposeError) -> TranscriptEntry? {
        let items = items(value)
        guard let text = items.firstIndex(where: { isString($0) }) else { return nil }
        var entry = TranscriptEntry(text: try string(items[text]), offset: offset(of: value))
        if text >= 2 { (entry.start, entry.end) = (try seconds(items[text - 2]), try seconds(items[text - 1])) }
        for item in items[(text + 1)...] where isArray(item) && holdsObjects(item) {
            for word in try limited(self.items(item), at: item) {
                if let word = try self.entry(word) { entry.words.append(word) }
            }
            break
        }
        return entry
    }

    /// Returns the words that whisper.cpp's tokens are the parts of.
    ///
    /// A token that begins with a space begins a word. In scripts without spaces each token is one, unless it ends in the
    /// middle of a character. Tokens in brackets, such as `[_BEG_]`, are no text.
    private func words(ofTokens tokens: [Int]) throws(ComposeError) -> [TranscriptEntry] {
        var words: [(bytes: [UInt8], entry: TranscriptEntry)] = []
        for token in tokens {
            guard let member = member("text", of: token), let raw = rawString(member), !raw.isEmpty else { continue }
            if raw.starts(with: "[_".utf8) && raw.last == UInt8(ascii: "]") || raw.starts(with: "<|".utf8) { continue }
            var times = TranscriptEntry(offset: offset(of: token))
            if let offsets = self.member("offsets", of: token) {
                if let from = self.member("from", of: offsets) { times.start = try milliseconds(from) }
                if let to = self.member("to", of: offsets) { times.end = try milliseconds(to) }
            }
            if let last = words.indices.last, !beginsWord(raw, after: words[last].bytes) {
                words[last].bytes += raw
                words[last].entry.end = times.end ?? words[last].entry.end
            } else {
                words.append((raw, times))
            }
        }
        return words.map { bytes, entry in
            var entry = entry
            entry.text = Self.withLineFeeds(String(decoding: bytes, as: UTF8.self))
            return entry
        }
    }

    private func beginsWord(_ token: [UInt8], after word: [UInt8]) -> Bool {
        if token[0].isSpace { return true }
        guard let last = String(validating: word, as: UTF8.self)?.unicodeScalars.last else { return false }
        let first = String(decoding: token, as: UTF8.self).unicodeScalars.first ?? " "
        return (last.hasNoSpaces || first.hasNoSpaces) && !first.properties.generalCategory.isPunctuation
    }
}
