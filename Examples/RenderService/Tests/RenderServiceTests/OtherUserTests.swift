// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestServers
import Testing

/// Tests of a service that does not run as root, as in a container or under systemd.
@Suite(.serialized)
struct OtherUserTests {
    /// The user without rights, who is called nobody on most systems.
    private static let nobody = 65_534

    /// Whether the tests may start the program as another user, who can read it.
    private static let canChangeUser: Bool = {
        guard geteuid() == 0,
            let check = try? ChildProcess(
                "setpriv",
                ["--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups", ServiceProcess.program.path, "--help"],
                environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
        else { return false }
        return check.wait() == 0
    }()

    @Test(
        "a service without root's rights stores uploads and results, and nobody writes to them afterwards",
        .enabled(if: canChangeUser, "needs root, setpriv, and a build that other users may read"))
    func withoutRoot() async throws {
        let site = try await Site(.embedded)
        try FileManager.default.setAttributes(
            [.ownerAccountID: Self.nobody, .groupOwnerAccountID: Self.nobody], ofItemAtPath: site.folder.path)
        let service = try ServiceProcess(at: site, user: Self.nobody)
        let client = Client(service)
        let stored = try await client.send(
            "PUT", "media/photo1.jpg", try Samples.data("photo1.jpg"), headers: ["Content-Type": "image/jpeg"])
        #expect(stored.status == 201 || stored.status == 200, "\(stored.text)")
        try await Samples.upload(to: client)
        let done = try await client.wait(for: try await client.submit(Samples.slideshow(seconds: 0.2)))
        #expect(done.string("state") == "completed", "\(done.text)")
        let video = try await client.get("job/\(done.string("id"))/output")
        #expect(video.status == 200 && video.headers["content-type"] == "video/mp4")
        // The ETag is that of the contents and not of the file, which shows that its attributes were written.
        let again = try await client.send("PUT", "media/copy.jpg", try Samples.data("photo1.jpg"))
        #expect(stored.string("etag") == again.string("etag"))
        let objects = site.folder.appendingPathComponent("data/objects")
        for key in ["media/anyone/photo1.jpg", done.string("result.key")] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: objects.appendingPathComponent(key).path)
            #expect((attributes[.ownerAccountID] as? NSNumber)?.intValue == Self.nobody)
            #expect(((attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0) & 0o222 == 0, "\(key)")
        }
    }
}
