// SPDX-License-Identifier: Apache-2.0

extension [NewJob] {
    /// The same as parts of a job: each name once, or the job would wait for one part twice; and without generation IDs,
    /// which are callers' names for what they asked for.
    var asParts: [NewJob] {
        var names: Set<String> = []
        return compactMap { part in
            guard names.insert(part.id).inserted else { return nil }
            var part = part
            part.generationID = nil
            return part
        }
    }
}

extension QueueError {
    /// A job is to be split into parts, and one of them has the name of a job that will never be that part.
    static func invalid(namesTaken part: String, in job: String) -> QueueError {
        .invalid("Job \(job) cannot have a part \(part): there is another job of that name, which is not completed.")
    }
}
