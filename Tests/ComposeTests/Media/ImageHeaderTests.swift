// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Compose

/// Headers of picture files that are assembled byte by byte.
@Suite struct ImageHeaderTests {
    typealias Orientation = ImageHeader.Orientation
    typealias Failure = ImageHeader.Failure

    // MARK: Building files

    private static func le(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func be(_ value: Int, _ width: Int) -> [UInt8] { le(value, width).reversed() }

    /// Returns a TIFF stream with one directory of single-value (tag, type, value) entries, followed by `data`.
    private static func tiffStream(
        _ entries: [(tag: Int, type: Int, value: Int)], bigEndian: Bool = false, data: [UInt8] = []
    ) -> [UInt8] {
        let number = bigEndian ? be : le
        var bytes = Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4) + number(entries.count, 2)
        for entry in entries {
            let value = entry.type == 3 ? number(entry.value, 2) + [0, 0] : number(entry.value, 4)
            bytes += number(entry.tag, 2) + number(entry.type, 2) + number(1, 4) + value
        }
        return bytes + number(0, 4) + data
    }

    private static func exif(_ orientation: Int, bigEndian: Bool = false) -> [UInt8] {
        tiffStream([(274, 3, orientation)], bigEndian: bigEndian)
    }

    private static func tiff(
        orientation: Int = 1, bigEndian: Bool = false, photometric: Int = 2, samples: Int = 3,
        extra: [(tag: Int, type: Int, value: Int)] = [], strip: (offset: Int, length: Int)? = nil
    ) -> [UInt8] {
        let start = 8 + 2 + (7 + extra.count) * 12 + 4
        let entries: [(tag: Int, type: Int, value: Int)] = [
            (256, 3, 3), (257, 4, 2), (262, 3, photometric), (273, 4, strip?.offset ?? start), (274, 3, orientation),
            (277, 3, samples), (279, 4, strip?.length ?? 18),
        ]
        return tiffStream(entries + extra, bigEndian: bigEndian, data: [UInt8](repeating: 7, count: 18))
    }

    private static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0xFF, marker] + be(payload.count + 2, 2) + payload
    }

    private static func jpeg(
        _ width: Int = 3, _ height: Int = 2, frame: UInt8 = 0xC0, exif: [UInt8]? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8] + segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
        if let exif { bytes += segment(0xE1, Array("Exif\0\0".utf8) + exif) }
        bytes += [0xFF] + segment(frame, [8] + be(height, 2) + be(width, 2) + [1, 1, 0x11, 0])
        return bytes + segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0x12, 0xFF, 0, 0x34, 0xFF, 0xD9]
    }

    private static func chunk(_ type: String, _ data: [UInt8] = []) -> [UInt8] {
        be(data.count, 4) + Array(type.utf8) + data + [0, 0, 0, 0]
    }

    private static func png(
        _ width: Int = 3, _ height: Int = 2, colorType: UInt8 = 2, before: [UInt8] = [], after: [UInt8] = []
    ) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", be(width, 4) + be(height, 4) + [8, colorType, 0, 0, 0])
            + before + chunk("IDAT", [1, 2, 3]) + after + chunk("IEND")
    }

    private static func riff(_ type: String, _ data: [UInt8]) -> [UInt8] {
        Array(type.utf8) + le(data.count, 4) + data + (data.count % 2 == 0 ? [] : [0])
    }

    private static func webp(_ chunks: [UInt8]...) -> [UInt8] {
        riff("RIFF", Array("WEBP".utf8) + chunks.flatMap { $0 })
    }

    private static let lossy = riff("VP8 ", [0x10, 0, 0, 0x9D, 0x01, 0x2A] + le(3, 2) + le(2 | 0x4000, 2) + [9])
    private static func lossless(alpha: Bool) -> [UInt8] {
        riff("VP8L", [0x2F] + le(2 | 1 << 14 | (alpha ? 1 << 28 : 0), 4) + [9])
    }
    private static func extended(_ flags: UInt8) -> [UInt8] {
        riff("VP8X", [flags, 0, 0, 0] + le(2, 3) + le(1, 3))
    }

    private static func gif(
        transparent: Bool = false, frame: (width: Int, height: Int) = (3, 2), data: [UInt8] = [2, 2, 0x44, 1, 0]
    ) -> [UInt8] {
        Array("GIF89a".utf8) + le(3, 2) + le(2, 2) + [0x80, 0, 0] + [UInt8](repeating: 1, count: 6)
            + [0x21, 0xF9, 4, transparent ? 1 : 0, 0, 0, 0, 0] + [0x21, 0xFE, 2, 0x68, 0x69, 0]
            + [0x2C] + le(0, 4) + le(frame.width, 2) + le(frame.height, 2) + [0] + data
    }

    private static func bmp(
        _ width: Int = 3, _ height: Int = 2, header: Int = 40, depth: Int = 24, compression: Int = 0, alpha: Int = 0
    ) -> [UInt8] {
        var info = le(header, 4)
        if header == 12 {
            info += le(width, 2) + le(height, 2) + le(1, 2) + le(depth, 2)
        } else {
            info += le(width, 4) + le(height, 4) + le(1, 2) + le(depth, 2) + le(compression, 4) + le(24, 4)
            info += [UInt8](repeating: 0, count: 16)
        }
        if header > 52 {
            info += le(0xFF_0000, 4) + le(0xFF00, 4) + le(0xFF, 4) + le(alpha, 4)
            info += [UInt8](repeating: 0, count: header - 56)
        }
        return Array("BM".utf8) + le(0, 8) + le(14 + header, 4) + info + [UInt8](repeating: 5, count: 24)
    }

    private static let samples: [[UInt8]] = [
        jpeg(exif: exif(6)), png(before: chunk("eXIf", exif(8, bigEndian: true))), webp(lossy),
        webp(extended(0x18), lossless(alpha: true), riff("EXIF", exif(5))), gif(), tiff(),
        tiff(bigEndian: true, extra: [(338, 3, 2)]), bmp(), bmp(header: 12),
        bmp(header: 124, depth: 32, compression: 3),
    ]

    private func failure(_ bytes: [UInt8]) -> Failure? {
        do throws(Failure) {
            _ = try ImageHeader(bytes)
            return nil
        } catch {
            return error
        }
    }

    private func isTruncated(_ bytes: [UInt8]) -> Bool {
        if case .truncated = failure(bytes) { true } else { false }
    }

    private func isUnsupported(_ bytes: [UInt8]) -> Bool {
        if case .unsupported = failure(bytes) { true } else { false }
    }

    // MARK: What headers tell

    @Test func `every format tells its name and size`() throws {
        let files: [(ImageHeader.Format, [UInt8])] = [
            (.jpeg, Self.jpeg()), (.jpeg, Self.jpeg(frame: 0xC2)), (.png, Self.png()), (.webp, Self.webp(Self.lossy)),
            (.webp, Self.webp(Self.lossless(alpha: false))), (.gif, Self.gif()), (.tiff, Self.tiff()),
            (.tiff, Self.tiff(bigEndian: true)), (.bmp, Self.bmp()), (.bmp, Self.bmp(header: 12)),
            (.bmp, Self.bmp(3, -2)),
        ]
        for (format, bytes) in files {
            let header = try ImageHeader(bytes)
            #expect(header.format == format)
            #expect(header.storedSize == PixelSize(width: 3, height: 2))
            #expect(header.orientation == .upright)
            #expect(!header.hasAlpha)
        }
    }

    @Test(arguments: Orientation.allCases, [false, true])
    func `an image says how it lies`(orientation: Orientation, bigEndian: Bool) throws {
        let value = orientation.rawValue
        let exif = Self.exif(value, bigEndian: bigEndian)
        let files: [[UInt8]] = [
            Self.jpeg(exif: exif), Self.png(before: Self.chunk("eXIf", exif)),
            Self.png(after: Self.chunk("eXIf", exif)),
            Self.webp(Self.extended(8), Self.lossy, Self.riff("EXIF", exif)),
            Self.webp(Self.extended(8), Self.lossy, Self.riff("EXIF", Array("Exif\0\0".utf8) + exif)),
            Self.tiff(orientation: value, bigEndian: bigEndian),
        ]
        for bytes in files {
            let header = try ImageHeader(bytes)
            #expect(header.orientation == orientation)
            #expect(header.storedSize == PixelSize(width: 3, height: 2))
            #expect(header.size == (value < 5 ? PixelSize(width: 3, height: 2) : PixelSize(width: 2, height: 3)))
        }
    }

    @Test func `malformed EXIF leaves an image upright`() throws {
        let far: [UInt8] = Array("II".utf8) + Self.le(42, 2) + Self.le(0xFFFF_FFFF, 4)
        for exif in [[], [1], far, Self.exif(0), Self.exif(9), Array(Self.exif(6).prefix(12))] {
            #expect(try ImageHeader(Self.jpeg(exif: exif)).orientation == .upright)
            #expect(try ImageHeader(Self.png(before: Self.chunk("eXIf", exif))).orientation == .upright)
        }
    }

    @Test func `images that may be see-through say so`() throws {
        let files: [[UInt8]] = [
            Self.png(colorType: 4), Self.png(colorType: 6), Self.png(before: Self.chunk("tRNS", [0, 0, 0, 0, 0, 0])),
            Self.webp(Self.extended(0x10), Self.riff("ALPH", [0, 1]), Self.lossy),
            Self.webp(Self.lossless(alpha: true)), Self.gif(transparent: true), Self.gif(frame: (3, 1)),
            Self.tiff(samples: 4), Self.tiff(photometric: 1, samples: 2),
            Self.tiff(photometric: 5, samples: 5, extra: [(338, 3, 2)]),
            Self.bmp(header: 124, depth: 32, compression: 3, alpha: 0xFF00_0000),
            Self.bmp(header: 56, depth: 32, compression: 3, alpha: 0xFF00_0000),
        ]
        for bytes in files { #expect(try ImageHeader(bytes).hasAlpha) }
        #expect(try !ImageHeader(Self.bmp(header: 124, depth: 32, compression: 3)).hasAlpha)
        #expect(try !ImageHeader(Self.bmp(depth: 32)).hasAlpha)
        #expect(try !ImageHeader(Self.tiff(photometric: 5, samples: 4)).hasAlpha)
    }

    @Test func `a huge PNG tells its size`() throws {
        #expect(try ImageHeader(Self.png(100_000, 100_000)).size == PixelSize(width: 100_000, height: 100_000))
    }

    @Test func `what follows the end of a JPEG does not matter`() throws {
        #expect(try ImageHeader(Self.jpeg() + [UInt8](repeating: 0, count: 100)).format == .jpeg)
    }

    // MARK: Failures

    @Test func `other files are called by their name`() {
        let ftyp: (String) -> [UInt8] = { [0, 0, 0, 20] + Array("ftyp\($0)\0\0\0\0mif1".utf8) }
        let files: [([UInt8], String?)] = [
            (Array("%PDF-1.7".utf8), "a PDF document"), ([0x50, 0x4B, 3, 4, 0], "a ZIP archive"),
            ([0x1F, 0x8B, 8], "a gzip file"), (ftyp("isom"), "an MP4 video"), (ftyp("qt  "), "a QuickTime (MOV) video"),
            (Array("\n<!DOCTYPE html><title>404".utf8), "an HTML page"), (Array("<rss>".utf8), "an XML document"),
            (Array("<?xml version='1.0'?><svgx/>".utf8), "an XML document"), (Array("Grüße".utf8), "plain text"),
            (Array("BMW builds cars in Munich".utf8), "plain text"), ([0, 1, 2, 3], nil),
            (Array(String(repeating: "aä€", count: 400).utf8), "plain text"),
        ]
        for (bytes, name) in files { #expect(failure(bytes) == .notAnImage(found: name)) }
        #expect(failure([]) == .empty)
    }

    @Test func `kinds that cannot be decoded are refused`() {
        #expect(failure(Self.jpeg(frame: 0xC9)) == .unsupported("arithmetic-coded JPEG"))
        #expect(failure(Self.jpeg(frame: 0xF7)) == .unsupported("JPEG-LS"))
        #expect(failure([0x49, 0x49, 0x2B, 0, 8, 0, 0, 0]) == .unsupported("BigTIFF"))
        #expect(isUnsupported(Self.bmp(compression: 4)))
        #expect(isUnsupported(Self.bmp(depth: 7)))
    }

    @Test func `images without a size are refused`() {
        for bytes in [Self.jpeg(0, 2), Self.jpeg(3, 0), Self.png(0, 2), Self.bmp(3, 0), Self.bmp(-3, 2)] {
            #expect(isTruncated(bytes))
        }
    }

    @Test func `picture data outside the file is noticed`() {
        #expect(isTruncated(Self.tiff(strip: (0xFFFF_FFFF, 0xFFFF_FFFF))))
        #expect(isTruncated(Self.tiff(strip: (120, 4000))))
        #expect(isTruncated(Self.bmp(0x7FFF_FFFF, -0x8000_0000, depth: 32)))
        #expect(isTruncated(Self.gif(data: [2, 200, 1])))
        #expect(isTruncated(Array(Self.gif(data: [])) + [0x3B]))
    }

    @Test func `a file cut anywhere is refused and never traps`() throws {
        for sample in Self.samples {
            _ = try ImageHeader(sample)
            for length in 0..<sample.count {
                // The padding of a BMP's rows may be missing.
                if failure(Array(sample.prefix(length))) == nil { #expect(sample[0] == 0x42) }
            }
            #expect(failure(Array(sample.prefix(sample.count / 2))) != nil)
        }
    }

    @Test func `damaged files never trap`() {
        var random = RepeatableRandom(0x5EED)
        for round in 0..<5000 {
            var bytes = Self.samples[round % Self.samples.count]
            for _ in 0...random.next(below: 4) {
                let value = [0, 0xFF, 0x7F, 0x80, random.next(below: 256)][random.next(below: 5)]
                bytes[random.next(below: bytes.count)] = UInt8(value)
            }
            if let header = try? ImageHeader(bytes) {
                #expect(header.size.width > 0 && header.size.height > 0)
            }
        }
    }
}
