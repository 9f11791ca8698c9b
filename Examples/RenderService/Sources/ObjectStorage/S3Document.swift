// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOFoundationCompat

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The texts in an answer in XML.
struct S3Document {
    /// A text and the names of the elements around it, from the outermost.
    private var texts: [(path: [String], text: String)] = []
    /// Whether it is XML from beginning to end; a connection may end in between.
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

    /// The name of the outermost element.
    var root: String? { texts.last?.path.first }

    /// The text of the first element of a name below the outermost.
    func first(_ name: String) -> String? {
        texts.first { $0.path.count == 2 && $0.path[1] == name }?.text
    }

    /// The texts of all elements at a path below the outermost.
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
    /// What asks for the page after it; `nil` for the last.
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
