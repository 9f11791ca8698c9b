// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import RenderService

/// Tests of the variables of other systems, beside the service's own.
struct VariableTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "theirs", "AWS_SECRET_ACCESS_KEY": "their secret"]

    private func s3(_ environment: [String: String]) throws -> Configuration.S3 {
        try #require(try Configuration(environment: environment).s3)
    }

    private func refused(_ environment: [String: String]) -> String {
        let error = #expect(throws: ConfigurationError.self) { try Configuration(environment: environment) }
        return error?.description ?? ""
    }

    @Test("with AWS's variables alone the store is Amazon's, in their region")
    func amazon() throws {
        let s3 = try s3(Self.keys.merging(["AWS_S3_BUCKET": "videos", "AWS_REGION": "eu-central-1"]) { $1 })
        #expect(s3.endpoint.absoluteString == "https://s3.eu-central-1.amazonaws.com")
        #expect(s3.bucket == "videos" && s3.region == "eu-central-1" && !s3.isPathStyle)
        guard case .keys("theirs", "their secret", nil) = s3.credentials else {
            Issue.record("other credentials")
            return
        }
        // R2, as its documentation has it.
        let r2 = try self.s3(
            Self.keys.merging([
                "AWS_S3_BUCKET": "videos", "AWS_REGION": "auto",
                "AWS_ENDPOINT_URL": "https://id.r2.cloudflarestorage.com",
            ]) { $1 })
        #expect(r2.endpoint.host() == "id.r2.cloudflarestorage.com" && r2.region == "auto" && r2.isPathStyle)
        #expect(try Configuration(environment: Self.keys).s3 == nil, "AWS's variables may be there for something else")
        #expect(
            try self.s3(Self.keys.merging(["AWS_S3_BUCKET": "a.b"]) { $1 }).isPathStyle,
            "Amazon's certificate does not cover a bucket with dots")
    }

    @Test("the service's own variables win, one by one, and the parts of a key are never mixed")
    func precedence() throws {
        let both = Self.keys.merging([
            "AWS_S3_BUCKET": "theirs", "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "https://theirs.example",
            "S3_BUCKET": "ours", "S3_ENDPOINT": "https://ours.example", "AWS_SESSION_TOKEN": "token",
        ]) { $1 }
        let mixed = try s3(both)
        #expect(mixed.bucket == "ours" && mixed.endpoint.host() == "ours.example" && mixed.region == "eu-west-1")
        guard case .keys("theirs", "their secret", "token") = mixed.credentials else {
            Issue.record("other credentials")
            return
        }
        let own = try s3(both.merging(["S3_ACCESS_KEY_ID": "ours", "S3_SECRET_ACCESS_KEY": "secret"]) { $1 })
        guard case .keys("ours", "secret", nil) = own.credentials else {
            Issue.record("a token of the other system is used with our key")
            return
        }
        #expect(refused(both.merging(["S3_ACCESS_KEY_ID": "ours"]) { $1 }).contains("S3_SECRET_ACCESS_KEY"))
        #expect(refused(both.merging(["AWS_SECRET_ACCESS_KEY": ""]) { $1 }).contains("AWS_SECRET_ACCESS_KEY"))
        #expect(refused(["S3_ENDPOINT": "https://ours.example"]).contains("S3_BUCKET"))
        #expect(
            refused(["S3_ENDPOINT": "https://ours.example", "S3_BUCKET": "b"]).contains("S3_ACCESS_KEY_ID"),
            "another store has no roles")
    }

    @Test("without keys the role of the container or of the instance is used, from nowhere but their addresses")
    func roles() throws {
        let bucket = ["AWS_S3_BUCKET": "b", "AWS_REGION": "us-east-1"]
        func place(_ more: [String: String]) throws -> Configuration.S3.Credentials {
            try s3(bucket.merging(more) { $1 }).credentials
        }
        guard case .instance(let service) = try place([:]) else {
            Issue.record("no role")
            return
        }
        #expect(service.absoluteString == "http://169.254.169.254")
        guard case .container(let url, nil, nil) = try place(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"]) else {
            Issue.record("no role")
            return
        }
        #expect(url.absoluteString == "http://169.254.170.2/v2/x")
        let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        for good in [
            "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1", "http://127.0.0.1:5000/x",
            "https://h/x",
        ] {
            guard
                case .container(let url, "t", nil) = try place([full: good, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t"])
            else {
                Issue.record("no role at \(good)")
                continue
            }
            #expect(url.absoluteString == good)
        }
        for bad in ["http://h/x", "http://127.evil.example/x", "http://169.254.169.254/x", "http://10.0.0.1/x"] {
            #expect(refused(bucket.merging([full: bad]) { $1 }).contains(full), "\(bad)")
        }
        for bad in ["x", "//evil.example/x", "@evil.example/x"] {
            let name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
            if let s3 = try? s3(bucket.merging([name: bad]) { $1 }), case .container(let url, _, _) = s3.credentials {
                #expect(url.host() == "169.254.170.2", "\(bad)")
            }
        }
        #expect(refused(bucket.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }).contains("S3_ACCESS_KEY_ID"))
    }

    @Test("a Supabase project says where its keys are, whose tokens they are, and for whom")
    func supabase() throws {
        let access = try Configuration(environment: ["SUPABASE_URL": "https://p.supabase.co"]).access
        #expect(access.keysURL?.absoluteString == "https://p.supabase.co/auth/v1/.well-known/jwks.json")
        #expect(access.issuer == "https://p.supabase.co/auth/v1" && access.audience == "authenticated")
        #expect(!access.isOpen && access.tokenSecret == nil)
        let own = try Configuration(environment: [
            "SUPABASE_URL": "https://p.supabase.co", "JWT_JWKS_URL": "https://keys.example/set", "JWT_AUDIENCE": "us",
        ]).access
        #expect(own.keysURL?.host() == "keys.example" && own.audience == "us")
        #expect(refused(["SUPABASE_URL": "http://p.supabase.co"]).contains("SUPABASE_URL"))
        #expect(refused(["JWT_JWKS_URL": "https://k.example"]).contains("JWT_ISSUER"))
        #expect(refused(["JWT_JWKS_URL": "file:///etc/passwd"]).contains("JWT_JWKS_URL"))
        #expect(refused(["SUPABASE_URL": "https://p.supabase.co", "JWT_SECRET": "short"]).contains("32 characters"))
        #expect(
            refused([
                "JWT_JWKS_URL": "https://k.example", "JWT_JWKS_FILE": "f", "JWT_ISSUER": "i", "JWT_AUDIENCE": "a",
            ]).contains("JWT_JWKS_FILE"))
    }

    @Test("an engine's address stands for both of its routes, unless they are given")
    func engine() throws {
        let remote = try #require(try Configuration(environment: ["COMPOSE_ENGINE_URL": "https://e.example"]).remote)
        #expect(remote.submit.absoluteString == "https://e.example/render")
        #expect(remote.status == "https://e.example/job/{id}/status")
        let own = try #require(
            try Configuration(environment: [
                "COMPOSE_ENGINE_URL": "https://e.example", "REMOTE_SUBMIT_URL": "https://o.example/render",
                "REMOTE_STATUS_URL": "https://o.example/{id}",
            ]).remote)
        #expect(own.submit.host() == "o.example" && own.status == "https://o.example/{id}")
    }

    @Test("what the documentation and the help list are the same variables")
    func documented() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: folder.appendingPathComponent("OPERATIONS.md"), encoding: .utf8)
        for setting in Configuration.settings where !["S3_", "MAX_", "KEEP_"].contains(where: setting.name.hasPrefix) {
            #expect(text.contains("`\(setting.name)`"), "\(setting.name)")
        }
    }
}
