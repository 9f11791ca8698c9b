// SPDX-License-Identifier: Apache-2.0

/// The scripts that take entries of other programs out of the streams.
///
/// Both can safely be sent twice.
extension RedisScript {
    /// Makes an entry a job; arguments: stream, entry, stream to reply to, seven arguments of the job.
    ///
    /// Returns `taken`, and changes nothing, if the job's generation ID is that of another caller.
    static let adopt = RedisScript(
        "adopt",
        #"""
        local from, at, reply = P .. ARGV[3], ARGV[4], ARGV[5]
        if #call('XRANGE', from, at, at) == 0 then return 'gone' end
        local job = new_job(6)
        move_due()
        local id = submit(job, 0)
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
        local from, at, reason = P .. ARGV[3], ARGV[4], ARGV[5]
        local entry = call('XRANGE', from, at, at)[1]
        if not entry then return 'gone' end
        local letter = {'reason', reason, 'stream', ARGV[3], 'entry', at}
        local fields = {}
        for index = 1, #entry[2], 2 do
            fields[entry[2][index]] = entry[2][index + 1]
            letter[#letter + 1] = 'request:' .. entry[2][index]
            letter[#letter + 1] = entry[2][index + 1]
            if #letter > 200 then break end
        end
        call('XADD', P .. 'jobs:dead', 'MAXLEN', '~', '10000', '*', unpack(letter))
        if fields['id'] then
            announce(ARGV[7] == '1', ARGV[6], 'id', fields['id'], 'kind', fields['kind'] or '', 'state', 'failed', 'result', '',
                'error', cjson.encode({code = 'unreadable', message = reason}), 'seconds', '0.000', 'job', '')
        end
        call('XACK', from, GROUP, at)
        call('XDEL', from, at)
        return 'buried'
        """#)
}
