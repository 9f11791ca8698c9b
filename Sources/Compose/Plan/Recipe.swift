// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import Libav

/// The input of a plan, for another process or machine: the edit, and the properties of its media files.
///
/// It determines the plan, so it is stored instead of the plan, and its hash verifies that nothing was changed.
struct Recipe: Codable {
    /// The version of the recipe, raised whenever plans are made or stored differently.
    static let schema = 1

    let schema: Int
    let compose: String
    let ffmpeg: String
    /// The SHA-256 hash of the edit, the folder and the media.
    let hash: String
    let folder: String
    /// The edit as a document, stored as text because some JSON libraries do not preserve all digits of numbers.
    let edit: String
    let media: Media

    init(_ origin: Plan.Origin, folder: String) throws(ComposeError) {
        schema = Self.schema
        compose = ComposeVersion.current
        ffmpeg = Library.version
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        edit = String(decoding: try origin.edit.json(), as: UTF8.self)
        media = origin.media
        hash = try Self.hash(edit: edit, folder: self.folder, media: media)
    }

    /// The recipe as JSON.
    var json: JSONValue {
        get throws(ComposeError) {
            let data: Data
            do { data = try JSONEncoder().encode(self) } catch {
                throw ComposeError(.renderFailed, "the plan cannot be written as JSON: \(error)")
            }
            return try JSONValue(json: data)
        }
    }

    private static func hash(edit: String, folder: String, media: Media) throws(ComposeError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var bytes = CanonicalBytes()
        bytes.add(edit)
        bytes.add(folder)
        do {
            bytes.add(Array(try encoder.encode(media)))
            return try Digest(of: bytes.bytes).description
        } catch {
            throw ComposeError(.renderFailed, "the plan cannot be hashed: \(error)")
        }
    }

    /// Throws if this process would make a different plan from the recipe.
    func check() throws(ComposeError) {
        func differs(_ what: String, _ theirs: String, _ ours: String) -> ComposeError {
            ComposeError(
                .invalidEdit, path: "recipe",
                "the plan was made with \(what) \(theirs), and this is \(ours); plan the edit again, or run the same one"
            )
        }
        guard schema == Self.schema else { throw differs("schema", "\(schema)", "\(Self.schema)") }
        guard compose == ComposeVersion.current else { throw differs("Compose", compose, ComposeVersion.current) }
        guard ffmpeg == Library.version else { throw differs("FFmpeg", ffmpeg, Library.version) }
        guard try Self.hash(edit: edit, folder: folder, media: media) == hash else {
            throw ComposeError(
                .invalidEdit, path: "recipe.hash", "the plan was changed since it was made; plan the edit again")
        }
    }
}

extension Plan {
    /// Creates a plan from the result of ``json()``.
    ///
    /// No file is opened but fonts. Throws ``ComposeError`` with code `invalidEdit` for JSON that is not a plan, for a plan that
    /// was changed, and for a plan made with another version of Compose or FFmpeg, which would render it differently.
    public init(json: Data) throws(ComposeError) {
        struct Written: Decodable { let recipe: Recipe }
        let recipe: Recipe
        do { recipe = try JSONDecoder().decode(Written.self, from: json).recipe } catch {
            throw ComposeError(
                .invalidEdit, "this is not a plan; make one with 'compose plan --format json', or Plan.json()")
        }
        try recipe.check()
        if let mismatch = Library.mismatch { throw ComposeError(.incompatibleLibraries, mismatch) }
        let edit = try Edit(json: Data(recipe.edit.utf8))
        let problems = edit.valueProblems()
        guard problems.isEmpty else { throw ComposeError(.invalidEdit, problems: problems) }
        let sides = 1...1_000_000
        for image in recipe.media.images.values {
            guard sides.contains(image.header.storedSize.width), sides.contains(image.header.storedSize.height) else {
                throw ComposeError(.invalidEdit, path: "recipe.media", "a picture has no size; plan the edit again")
            }
        }
        guard recipe.media.sounds.values.allSatisfy({ (0...1 << 40).contains($0.length) }) else {
            throw ComposeError(.invalidEdit, path: "recipe.media", "a sound has no length; plan the edit again")
        }
        for video in recipe.media.videos.values {
            let file = video.file
            guard [file.width, file.height].allSatisfy(sides.contains), file.pixelWidth > 0, file.pixelHeight > 0,
                sides.contains(video.size.width), sides.contains(video.size.height),
                (0...1 << 40).contains(video.sound?.length ?? 0),
                (-(1 << 40)...1 << 40).contains(video.sound?.origin ?? 0)
            else {
                throw ComposeError(.invalidEdit, path: "recipe.media", "a video has no size; plan the edit again")
            }
        }
        let settled = edit.settled(for: nil)
        let layout = TimelineLayout(settled.timeline, media: recipe.media)
        let late = layout.mediaProblems(recipe.media) + layout.problems(settled.output)
        guard late.isEmpty else { throw ComposeError(.invalidEdit, problems: late) }
        self = try Plan(settled, layout, media: recipe.media, folder: recipe.folder)
    }
}
