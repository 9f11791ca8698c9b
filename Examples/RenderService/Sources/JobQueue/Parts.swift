// SPDX-License-Identifier: Apache-2.0

extension [NewJob] {
    /// The jobs as parts of another job.
    ///
    /// Duplicate identifiers are removed, because the job would otherwise wait for one part twice. Generation IDs are
    /// removed, because they are callers' identifiers for the jobs that they submitted, and parts follow no jobs.
    var asParts: [NewJob] {
        var names: Set<String> = []
        return compactMap { part in
            guard names.insert(part.id).inserted else { return nil }
            var part = part
            part.generationID = nil
            part.after = []
            return part
        }
    }
}

extension QueueError {
    /// Returns the error for a part whose identifier belongs to a job that can never be that part.
    static func invalid(namesTaken part: String, in job: String) -> QueueError {
        .invalid("Job \(job) cannot have a part \(part): there is another job of that name, which is not completed.")
    }
}

extension [String] {
    /// The texts without those that have occurred before, in their order.
    var uniqued: [String] {
        var known: Set<String> = []
        return filter { known.insert($0).inserted }
    }
}

extension String {
    /// The identifiers in a text with line breaks between.
    var identifiers: [String] { split(separator: "\n").map(String.init) }
}
