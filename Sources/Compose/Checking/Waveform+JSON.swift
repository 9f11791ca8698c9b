// SPDX-License-Identifier: Apache-2.0

/// The JSON that the BBC's audiowaveform writes, which waveform-data.js and Peaks.js read.
extension Waveform {
    /// How many bits the numbers of the JSON have.
    public enum Bits: Int, Sendable, Hashable, CaseIterable, Codable {
        /// Numbers from −128 to 127.
        case eight = 8
        /// Numbers from −32,768 to 32,767.
        case sixteen = 16
    }

    /// Returns the waveform as JSON: version 2 of audiowaveform's format, and the loudness as `rms`.
    ///
    /// `data` has the lowest and the highest sample of each channel, bin after bin; `rms`, which is not audiowaveform's, has one
    /// number for each channel. Full scale is 127 or 32,767.
    public func json(bits: Bits = .eight) -> String {
        let top = Float((1 << (bits.rawValue - 1)) - 1)
        func number(_ value: Float) -> String { String(Int((max(-1, min(1, value)) * top).rounded())) }
        var text = """
            {"version":2,"channels":\(channels.count),"sample_rate":\(sampleRate),"samples_per_pixel":\(samplesPerBin),\
            "bits":\(bits.rawValue),"length":\(count),"data":[
            """
        text.reserveCapacity(text.utf8.count + count * channels.count * 3 * (bits.rawValue / 4))
        var separator = ""
        for bin in 0..<count {
            for channel in channels {
                text += separator + number(channel.lows[bin]) + "," + number(channel.highs[bin])
                separator = ","
            }
        }
        text += "],\"rms\":["
        separator = ""
        for bin in 0..<count {
            for channel in channels {
                text += separator + number(channel.rms[bin])
                separator = ","
            }
        }
        return text + "]}\n"
    }
}
