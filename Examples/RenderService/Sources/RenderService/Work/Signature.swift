// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import ObjectStorage

/// A signature with a shared secret.
enum Signature {
    /// Returns the HMAC-SHA256 in hexadecimal digits.
    static func hex(of prefix: String, _ body: Data = Data(), key: String) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Data(key.utf8)))
        code.update(data: Data(prefix.utf8))
        code.update(data: body)
        return hexadecimal(code.finalize())
    }

    /// Returns the headers that show when a request with a body was made and, with a key, by whom.
    ///
    /// What is signed is the time, a full stop and the body.
    static func headers(of body: Data, key: String?) -> [(String, String)] {
        let timestamp = String(Int(Date().timeIntervalSince1970))
        let time = ("x-compose-timestamp", timestamp)
        guard let key else { return [time] }
        return [time, ("x-compose-signature", "v1=" + hex(of: timestamp + ".", body, key: key))]
    }
}
