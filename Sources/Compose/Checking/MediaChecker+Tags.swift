// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Libav

/// What is wrong with the tags and the form of a file.
extension MediaChecker {
    /// Tags of colours and of turning that are missing, or that players understand in different ways.
    var tagFindings: [MediaReport.Finding] {
        guard let stream = videoStream else { return [] }
        return colorFindings(stream) + turnFindings(stream)
    }

    private func colorFindings(_ stream: FileScan.Stream) -> [MediaReport.Finding] {
        // RGB needs no matrix, and Motion JPEG has the one of JPEG.
        guard stream.color.matrix != 0, stream.codec != "mjpeg", stream.chromaWidth > 0 else { return [] }
        func finding(_ message: String) -> MediaReport.Finding { MediaReport.Finding(.colorTags, .warning, message) }
        let color = stream.color
        let names = [("matrix", color.matrix), ("primaries", color.primaries), ("transfer function", color.transfer)]
        let missing = names.filter { $0.1 == 2 || $0.1 == 0 }.map { $0.0 }
        if !missing.isEmpty {
            return [
                finding(
                    "the file does not say its \(missing.joined(separator: ", ")), so players guess, and show colours in different ways; tag it, as BT.709 if it is usual video"
                )
            ]
        }
        var findings: [MediaReport.Finding] = []
        let stated = stream.containerColor
        for (name, container, own) in [
            ("matrix", stated.matrix, color.matrix), ("primaries", stated.primaries, color.primaries),
            ("transfer function", stated.transfer, color.transfer),
        ] where container != 2 && container != 0 && container != own {
            findings.append(
                finding(
                    "the container says \(name) \(container) of H.273, and the stream \(own); players believe the one or the other"
                )
            )
        }
        if stated.range != 0, color.range != 0, stated.range != color.range {
            findings.append(
                finding(
                    "the container and the stream differ on whether the range is full; black becomes grey, or dark parts black"
                ))
        }
        let isHDR = color.transfer == 16 || color.transfer == 18
        if isHDR, stream.depth < 10 {
            findings.append(
                finding(
                    "the pictures are tagged as \(color.transfer == 16 ? "PQ" : "HLG") and have \(stream.depth) bits, which HDR never has"
                ))
        }
        let isWide = color.matrix == 9 || color.matrix == 10
        if isWide != (color.primaries == 9) || (isHDR && color.primaries != 9) {
            findings.append(
                finding(
                    "the tags do not fit together: matrix \(color.matrix), primaries \(color.primaries) and transfer function \(color.transfer) of H.273"
                ))
        }
        return findings
    }

    private func turnFindings(_ stream: FileScan.Stream) -> [MediaReport.Finding] {
        guard let matrix = stream.turn, matrix.count == 9 else { return [] }
        let (a, b, c, d) = (Double(matrix[0]), Double(matrix[1]), Double(matrix[3]), Double(matrix[4]))
        func finding(_ severity: MediaReport.Severity, _ message: String) -> [MediaReport.Finding] {
            [MediaReport.Finding(.rotation, severity, message)]
        }
        let (area, size) = (a * d - b * c, hypot(a, b))
        guard area != 0, size > 0 else {
            return finding(.warning, "the tag that turns the pictures shrinks them to nothing; remove it")
        }
        let angle = atan2(b, a) * 180 / .pi
        let nearest = (angle / 90).rounded() * 90
        if abs(angle - nearest) > 0.5 {
            return finding(
                .warning,
                "the pictures are to be turned by \(fixed(angle, 1))°; players turn them by quarters or not at all: turn the pictures themselves"
            )
        }
        if area < 0 {
            return finding(
                .warning,
                "the pictures are to be mirrored by a tag, which most players ignore; mirror the pictures themselves")
        }
        if abs(size - 65536) > 655 || abs(hypot(c, d) - 65536) > 655 {
            return finding(.warning, "the tag that turns the pictures also scales them, which most players ignore")
        }
        guard nearest != 0 else { return [] }
        let degrees = Int(nearest < 0 ? nearest + 360 : nearest)
        return finding(
            .note, "the pictures are stored lying, and turned by \(degrees)° by a tag; what ignores it shows them so")
    }

    /// The form of the container and of the pictures.
    var formFindings: [MediaReport.Finding] {
        var findings: [MediaReport.Finding] = []
        if let layout, !layout.isFastStart {
            findings.append(
                MediaReport.Finding(
                    .fastStart, .warning,
                    "the index (moov) comes after the data, so a player on the web needs all of the file before it begins; write the file again with the index first (in ffmpeg: -movflags +faststart)"
                ))
        }
        if let layout, layout.editLists == .cuts {
            findings.append(
                MediaReport.Finding(
                    .editList, .note,
                    "an edit list delays, cuts or rearranges a track; players and platforms that ignore it show something else"
                ))
        }
        if let stream = videoStream {
            if stream.isInterlaced {
                findings.append(
                    MediaReport.Finding(
                        .interlaced, .note, "the pictures are interlaced, which the web shows with combs"))
            }
            if stream.pixelWidth != stream.pixelHeight {
                findings.append(
                    MediaReport.Finding(
                        .pixelShape, .note,
                        "the pixels are \(stream.pixelWidth):\(stream.pixelHeight) and not square; what ignores that shows the pictures distorted"
                    ))
            }
        }
        if let change = pictures?.sizeChange {
            findings.append(
                MediaReport.Finding(
                    .sizeChange, .warning, at: change,
                    "the size or the pixel format of the pictures changes at \(time(change)); many players fail there"))
        }
        return findings
    }
}
