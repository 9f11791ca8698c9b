// SPDX-License-Identifier: Apache-2.0

import Archive
import Compose
import Foundation

extension Generation.Cost {
    /// Creates the cost of a render from its report.
    ///
    /// The time of CPUs is that of the process, so what other renders of the same process take counts as well; it is at
    /// most the time of all cores.
    init(_ report: Report) {
        let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
        self.init(
            elapsedSeconds: report.elapsedSeconds,
            cpuSeconds: min(report.cpuSeconds, report.elapsedSeconds * cores),
            gpuSeconds: report.video?.device == nil ? 0 : report.elapsedSeconds)
    }
}
