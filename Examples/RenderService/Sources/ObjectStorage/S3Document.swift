// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOFoundationCompat

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The text elements of an XML response.
struct S3Document {
    /// The texts with the names of their enclosing elements, from the outermost.
    private var texts: [(path: [String], text: String)] = []
    /// Whether the XML is complete; a connection may break in the middle.
    let isWhole: Bool

    init(_ bytes: ByteBuffer) {
        let parser = XMLParser(data: Data(buffer: bytes))
        let collector = Collector()
        parser.delegate = collector
        isWhole = parser.parse()
        texts = collector.texts
    }

    init(_ text: String) {
        self.init(ByteBuffer(string: text))
    }

    /// The name of the root element.
    var root: String? { texts.last?.path.first }

    /// Returns the text of the first child of the root element with a name.
    func first(_ name: String) -> String? {
        texts.first { $0.path.count == 2 && $0.path[1] == name }?.text
    }

    /// Returns the texts of all elements at a path below the root element.
    func all(_ path: [String]) -> [String] {
        texts.filter { $0.path.dropFirst().elementsEqual(path) }.map(\.text)
    }

    private final class Collector: NSObject, XMLParserDelegate {
        var texts: [(path: [String], text: String)] = []
        private var path: [String] = []
        private var text = ""

        func parser(
            _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            path.append(elementName)
            text = ""
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            text += string
        }

        func parser(
            _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
        ) {
            texts.append((path, text))
            path.removeLast()
            text = ""
        }
    }
}

/// A page of a bucket's keys.
struct S3Listing {
    let keys: [String]
    /// The token for the next page, or `nil` for the last page.
    let next: String?

    init(_ text: String) throws(StorageError) {
        let document = S3Document(text)
        guard document.isWhole, document.root == "ListBucketResult" else {
            throw StorageError.unavailable("the store's list of keys is not one")
        }
        let isEncoded = document.first("EncodingType") == "url"
        keys = document.all(["Contents", "Key"]).compactMap { key in
            isEncoded ? key.replacing("+", with: " ").removingPercentEncoding : key
        }
        next = document.first("IsTruncated") == "true" ? document.first("NextContinuationToken") : nil
    }
}
