// SPDX-License-Identifier: Apache-2.0

/// The scripts for other programs: those that add entries to the streams, and workers outside.
///
/// All of them can safely be sent twice.
extension RedisScript {
    /// Makes an entry a job; arguments: stream, entry, stream to reply to, nine arguments of the job.
    ///
    /// Returns `taken`, and changes nothing, if the job's generation ID is that of another caller, and `unknown` with a
    /// name if the job follows one that there is not.
    static let adopt = RedisScript(
        "adopt",
        #"""
        local from, at, reply = P .. ARGV[3], ARGV[4], ARGV[5]
        if #call('XRANGE', from, at, at) == 0 then return 'gone' end
        local job = new_job(6)
        move_due()
        local id, unknown = submit(job, 0)
        if unknown then return {'unknown', unknown} end
        if get(id, 'caller') ~= job.caller then return 'taken' end
        if reply ~= '' then set(id, 'reply', reply) end
        -- Whoever asks again for what has ended is told so again.
        if is_final(get(id, 'state')) then announce_job(id) end
        call('XACK', from, GROUP, at)
        call('XDEL', from, at)
        return 'adopted'
        """#)

    /// Moves an entry to the dead letters; arguments: stream, entry, reason, stream to reply to, whether the id is another's.
    ///
    /// An entry that has an `id` is also told as a failed job, since its producer waits for that. If the identifier
    /// belongs to another caller's job, only the stream to reply to is told.
    static let bury = RedisScript(
        "bury",
        #"""
        return bury(ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7] == '1')
        """#)

    /// Replaces what workers outside need; arguments: fields and values of the hash.
    static let publish = RedisScript(
        "publish",
        #"""
        call('DEL', P .. 'jobs:protocol:1')
        call('HSET', P .. 'jobs:protocol:1', unpack(ARGV, 3))
        return 1
        """#)
}
