// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Compose

/// Files with one fault each, of which exactly that one is named.
@Suite struct CheckFaultTests {
    private func expect(
        _ kind: MediaReport.Finding.Kind, at start: Double? = nil, to end: Double? = nil, in report: MediaReport,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(report.faults == [kind], "\(report)", sourceLocation: location)
        let first = report.findings.first { $0.kind == kind }
        for (wanted, found) in [(start, first?.start), (end, first?.end)] {
            guard let wanted else { continue }
            #expect(abs((found ?? -1) - wanted) < 0.05, "\(report)", sourceLocation: location)
        }
    }

    @Test func `a file without a fault is clean, in every container`() async throws {
        for name in ["a.mp4", "a.mov", "a.mkv", "a.ts"] {
            let report = try await CheckedFile.report(name)
            #expect(report.findings.isEmpty, "\(name): \(report)")
            #expect(report.pictures?.count == 180 && report.pictures?.damaged == 0)
            #expect(abs((report.sound?.duration ?? 0) - 6) < 0.05, "\(report)")
        }
    }

    @Test func `black is named with its times`() async throws {
        let report = try await CheckedFile.report {
            $0.videoFilter = "drawbox=enable='between(t,2,3.99)':color=black:thickness=fill"
        }
        expect(.black, at: 2, to: 4, in: report)
    }

    @Test func `a title on black is not black`() async throws {
        let report = try await CheckedFile.report {
            $0.videoFilter =
                "drawbox=enable='between(t,2,3.99)':color=black:thickness=fill,drawbox=x=150:y=110:w=20:h=20:color=white:thickness=fill:enable='between(t,2,3.99)'"
        }
        #expect(!report.faults.contains(.black), "\(report)")
    }

    @Test func `a picture that stands still is named`() async throws {
        let report = try await CheckedFile.report {
            $0.videoFilter = "trim=duration=3.5,tpad=stop_mode=clone:stop_duration=2.5"
        }
        expect(.frozen, to: 6, in: report)
        // The encoder goes on refining the picture for some frames after it stopped at 3.467 s.
        #expect((3.4...3.8).contains(report.findings[0].start ?? 0), "\(report)")
        #expect(report.findings[0].severity == .warning)
    }

    @Test func `stills that are shown one after the other are only noted`() async throws {
        let report = try await CheckedFile.report {
            $0.videoFilter = "trim=duration=1,tpad=stop_mode=clone:stop_duration=5"
        }
        #expect(report.findings.map(\.kind) == [.frozen] && report.worst == .note, "\(report)")
    }

    @Test func `pictures that were doubled for another rate are named`() async throws {
        let report = try await CheckedFile.report {
            $0.rate = "24"
            $0.videoFilter = "fps=30"
        }
        expect(.repeated, in: report)
        #expect(report.pictures?.repeated ?? 0 > 25, "\(report)")
    }

    @Test func `silence is named with its times`() async throws {
        let report = try await CheckedFile.report {
            $0.soundFilter = "volume=enable='between(t,2,5)':volume=0,afade=t=out:st=1.9:d=0.1:enable='lt(t,2)'"
        }
        #expect(report.faults.contains(.silence), "\(report)")
        let finding = report.findings.first { $0.kind == .silence }
        #expect(abs((finding?.start ?? 0) - 2) < 0.06 && abs((finding?.end ?? 0) - 5) < 0.06, "\(report)")
    }

    @Test func `sound that is cut off at full scale is named`() async throws {
        let report = try await CheckedFile.report("a.mov") {
            $0.sound = "1.6*sin(2*PI*330*t)"
            $0.soundFilter = "aformat=sample_fmts=s16"
            $0.soundCodec = ["-c:a", "pcm_s16le"]
        }
        expect(.clipping, at: 0, to: 6, in: report)
        #expect(report.sound?.clippedSamples ?? 0 > 100_000)
    }

    @Test func `a peak between two samples is named`() async throws {
        let report = try await CheckedFile.report("a.mov") {
            $0.sound = "1.2*sin(2*PI*12000*t+PI/4)"
            $0.soundCodec = ["-c:a", "pcm_s16le"]
        }
        expect(.truePeak, in: report)
        #expect(abs((report.sound?.truePeak ?? 0) - 1.58) < 0.3, "\(report)")
        #expect(abs((report.sound?.samplePeak ?? 0) + 1.43) < 0.05, "\(report)")
    }

    @Test(arguments: ["aac", "pcm_s16le", "libopus"])
    func `a step where two sounds were joined is named`(codec: String) async throws {
        let report = try await CheckedFile.report(codec == "aac" ? "a.mp4" : codec == "libopus" ? "a.mkv" : "a.mov") {
            $0.sound = "0.4*sin(2*PI*330*t+if(lt(t\\,3)\\,0\\,2.6))"
            $0.soundCodec = ["-c:a", codec]
        }
        expect(.seam, at: 3, in: report)
    }

    /// Moves all packets from one on by some packets' lengths; which unit times have depends on FFmpeg's version.
    private func jump(from first: Int, by lengths: Double, of length: String) -> String {
        "setts=ts=if(gte(N\\,\(first))\\,PTS+\(lengths)*\(length)\\,PTS)"
    }

    @Test func `times that jump in the sound are named`() async throws {
        let report = try await CheckedFile.report {
            $0.options = ["-bsf:a", jump(from: 142, by: 23.44, of: "DURATION")]
        }
        expect(.timestamps, at: 3, in: report)
        let backwards = try await CheckedFile.report("a.mkv") {
            $0.options = ["-bsf:a", jump(from: 142, by: 23.44, of: "DURATION")]
        }
        expect(.timestamps, at: 3, in: backwards)
    }

    @Test func `times that jump in the pictures are named`() async throws {
        let report = try await CheckedFile.report {
            $0.soundSeconds = 6.5
            $0.options = ["-bsf:v", jump(from: 90, by: 15, of: "(PTS-PREV_INPTS)")]
        }
        expect(.timestamps, at: 3, to: 3.5, in: report)
    }

    @Test func `an index behind the data is named`() async throws {
        expect(.fastStart, in: try await CheckedFile.report { $0.flags = [] })
        let fragments = try await CheckedFile.report { $0.flags = ["-movflags", "frag_keyframe+empty_moov"] }
        #expect(fragments.findings.isEmpty, "\(fragments)")
    }

    @Test func `colours without tags, and with tags that do not fit, are named`() async throws {
        expect(.colorTags, in: try await CheckedFile.report { $0.tags = [:] })
        let report = try await CheckedFile.report {
            $0.tags = [
                "color_primaries": "bt2020", "color_trc": "bt709", "colorspace": "bt709", "color_range": "tv",
            ]
        }
        expect(.colorTags, in: report)
        let hdr = try await CheckedFile.report {
            $0.tags = ["color_primaries": "bt2020", "color_trc": "smpte2084", "colorspace": "bt2020nc"]
        }
        expect(.colorTags, in: hdr)
    }

    @Test func `a container whose colours are others than the stream's is named`() async throws {
        let report = try await CheckedFile.report(patched: { bytes in
            // colr: "nclx", then primaries, transfer and matrix of two bytes each.
            if let place = bytes.place(of: "nclx") { bytes[place + 9] = 6 }
        })
        expect(.colorTags, in: report)
    }

    @Test func `a turn that is no quarter, and one that mirrors, are named`() async throws {
        func turned(_ matrix: [Double]) async throws -> MediaReport {
            try await CheckedFile.report(patched: { bytes in
                guard let place = bytes.place(of: "tkhd") else { return }
                for (index, value) in zip([0, 1, 3, 4], matrix) {
                    bytes.write(UInt32(bitPattern: Int32(value * 65536)), at: place + 44 + 4 * index)
                }
            })
        }
        expect(.rotation, in: try await turned([0.866, 0.5, -0.5, 0.866]))
        expect(.rotation, in: try await turned([-1, 0, 0, 1]))
        expect(.rotation, in: try await turned([0, 0, 0, 0]))
        let quarter = try await turned([0, 1, -1, 0])
        #expect(quarter.findings.map(\.kind) == [.rotation] && quarter.worst == .note, "\(quarter)")
    }

    @Test func `sound that begins or ends at another time is named`() async throws {
        let late = try await CheckedFile.report { $0.soundOffset = 0.3 }
        expect(.offset, in: late)
        #expect(abs((late.sync?.offset ?? 0) - 0.3) < 0.025, "\(late)")
        let short = try await CheckedFile.report { $0.soundSeconds = 4 }
        expect(.ends, in: short)
        #expect(abs((short.sync?.end ?? 0) + 2) < 0.05, "\(short)")
    }

    @Test func `sound whose times run faster than its samples is named`() async throws {
        let report = try await CheckedFile.report { $0.options = ["-bsf:a", "setts=ts=PTS*1.02"] }
        #expect(report.faults.contains(.drift), "\(report)")
        #expect(abs((report.sync?.drift ?? 0) - 0.12) < 0.03, "\(report)")
    }

    @Test func `a duration that is not that of the streams is named`() async throws {
        let report = try await CheckedFile.report(patched: { bytes in
            // The unit of time, and then the duration in it.
            guard let place = bytes.place(of: "mvhd") else { return }
            bytes.write(1000, at: place + 16)
            bytes.write(9000, at: place + 20)
        })
        expect(.duration, in: report)
        #expect(report.container.statedDuration == 9)
    }

    @Test func `pixels that are not square, and fields, are noted`() async throws {
        let report = try await CheckedFile.report { $0.videoFilter = "setsar=4/3" }
        #expect(report.findings.map(\.kind) == [.pixelShape] && report.worst == .note, "\(report)")
        let fields = try await CheckedFile.report {
            $0.videoFilter = "interlace,fieldorder=tff"
            $0.videoCodec = ["-c:v", "libx264", "-flags", "+ildct+ilme", "-x264opts", "tff=1"]
        }
        #expect(fields.findings.contains { $0.kind == .interlaced && $0.severity == .note }, "\(fields)")
    }
}
