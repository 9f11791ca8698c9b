// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The store's settings, under this service's names and under AWS's; this service's take precedence.
extension Configuration.S3 {
    /// Reads the settings; returns `nil` if there is no bucket.
    init?(_ read: EnvironmentReader) throws {
        let own = try read.url("S3_ENDPOINT")
        guard let bucket = read.first("S3_BUCKET", "AWS_S3_BUCKET") else {
            guard own == nil else { throw ConfigurationError("S3_BUCKET", "is needed with S3_ENDPOINT") }
            return nil
        }
        let region = read.first("S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1"
        guard region.utf8.allSatisfy({ CallerName.isNameByte($0) }) else {
            throw ConfigurationError("S3_REGION", "\(region.debugDescription) is not a region, such as eu-central-1")
        }
        let given = try own ?? read.url("AWS_ENDPOINT_URL_S3") ?? read.url("AWS_ENDPOINT_URL")
        guard let endpoint = given ?? Self.amazon(region) else {
            throw ConfigurationError("S3_REGION", "\(region.debugDescription) is not a region, such as eu-central-1")
        }
        let isAmazon = Self.isAmazon(endpoint)
        self.init(
            endpoint: endpoint, bucket: bucket, region: region,
            credentials: try Self.credentials(read, isAmazon: isAmazon),
            // Amazon's certificate does not cover buckets with dots in the host name.
            isPathStyle: try read.flag("S3_PATH_STYLE") ?? (given != nil || bucket.contains(".")),
            publicEndpoint: try read.url("S3_PUBLIC_ENDPOINT"))
    }

    private static func amazon(_ region: String) -> URL? {
        URL(string: "https://s3.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : ""))
    }

    private static func isAmazon(_ endpoint: URL) -> Bool {
        let host = (endpoint.host() ?? "").lowercased()
        return host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn")
    }

    /// Returns the credentials of the first place that has any.
    ///
    /// The places are this service's variables, AWS's (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`),
    /// a container's role and an instance's. The parts of a pair are never taken from different ones.
    private static func credentials(_ read: EnvironmentReader, isAmazon: Bool) throws -> Credentials {
        for prefix in ["S3", "AWS"] {
            let names = ["\(prefix)_ACCESS_KEY_ID", "\(prefix)_SECRET_ACCESS_KEY"]
            switch (read.text(names[0]), read.text(names[1])) {
            case (let id?, let secret?):
                return .keys(id: id, secret: secret, sessionToken: read.text("\(prefix)_SESSION_TOKEN"))
            case (nil, nil): continue
            case (nil, _): throw ConfigurationError(names[0], "is needed with \(names[1])")
            case (_, nil): throw ConfigurationError(names[1], "is needed with \(names[0])")
            }
        }
        if let place = try container(read) { return place }
        let metadata = try read.url("AWS_EC2_METADATA_SERVICE_ENDPOINT")
        guard isAmazon || metadata != nil, try read.flag("AWS_EC2_METADATA_DISABLED") != true else {
            throw ConfigurationError(
                "S3_ACCESS_KEY_ID", "is needed with S3_ENDPOINT and S3_BUCKET; so is S3_SECRET_ACCESS_KEY")
        }
        guard let service = metadata ?? URL(string: "http://169.254.169.254") else {
            throw ConfigurationError("AWS_EC2_METADATA_SERVICE_ENDPOINT", "is not an address")
        }
        return .instance(service)
    }

    /// Returns the place of a container's credentials, if the variables that its runtime sets name one.
    private static func container(_ read: EnvironmentReader) throws -> Credentials? {
        let token = read.text("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        let file = read.text("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
        if let path = read.text(relative) {
            guard path.hasPrefix("/"), let url = URL(string: "http://169.254.170.2" + path),
                url.host() == "169.254.170.2"
            else { throw ConfigurationError(relative, "is a path that begins with /") }
            return .container(url, token: token, tokenFile: file)
        }
        let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        guard let url = try read.url(full) else { return nil }
        // The authorization must not leave the machine unencrypted.
        let host = url.host() ?? ""
        let isLocal =
            ["localhost", "127.0.0.1", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host)
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
        guard url.scheme == "https" || isLocal else {
            throw ConfigurationError(
                full, "is an https:// address, or one of this machine's or the container service's")
        }
        return .container(url, token: token, tokenFile: file)
    }
}
