// SPDX-License-Identifier: Apache-2.0

/// The scripts that change and return jobs.
///
/// Where a script is called repeatable, sending it twice has no further effect.
extension RedisScript {
    /// Submits a job; arguments: the nine arguments of a job.
    ///
    /// Returns the job, or `unknown` and the name of a job that it cannot follow. Repeatable.
    static let submit = RedisScript(
        "submit",
        #"""
        move_due()
        local id, unknown = submit(new_job(3), 0)
        return unknown and {'unknown', unknown} or call('HGETALL', key(id))
        """#)

    /// Claims the next job; arguments: worker, token, a kind of the lane.
    ///
    /// Returns the job, in a lane of its own kind with `inputs`, nothing, or an entry that another program has added: `foreign`, its stream, its identifier, and
    /// its fields. Such an entry stays with the worker for as long as a lease, until ``adopt`` or ``bury`` removes it.
    static let claim = RedisScript(
        "claim",
        #"""
        local worker, token = ARGV[3], ARGV[4]
        local wanted = lane_of(ARGV[5])

        -- A command of the group, which is made where it is missing: with all that is in the stream.
        local function grouped(stream, ...)
            local reply = redis.pcall(...)
            if type(reply) ~= 'table' or not reply.err then return reply end
            if not string.find(reply.err, 'NOGROUP', 1, true) then error(reply.err) end
            call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
            restore()
            return call(...)
        end

        -- Makes the claim, if the entry is a job's that is to be handed out.
        local function take(stream, entry, is_expired)
            local at, id = entry[1], entry[2][2]
            local state = get(id, 'state')
            if entry[2][1] ~= 'id' or #entry[2] ~= 2 or not state then
                local name = string.sub(stream, #P + 1)
                if wanted == REQUESTED then return {'foreign', name, at, entry[2]} end
                bury(name, at, 'jobs are not requested in ' .. name .. '; add them to jobs:requested')
                return
            end
            if is_final(state) or get(id, 'entry') ~= at then
                call('XACK', stream, GROUP, at)
                call('XDEL', stream, at)
                return
            end
            if not is_expired and is_held(id) then
                -- The group was lost, and its holders with it: it stays with whoever has it.
                call('XCLAIM', stream, GROUP, get(id, 'worker'), 0, at, 'JUSTID')
                return
            end
            -- Whoever was to be told of it has died.
            if get(id, 'cancel') == '1' then return end_job(id, 'cancelled', false) end
            local attempts = call('HINCRBY', key(id), 'attempts', 1)
            call('HSETNX', key(id), 'started', int(NOW))
            set(id, 'state', 'running', 'phase', 'claimed', 'token', token, 'worker', worker)
            call('ZADD', CLAIMED, int(NOW + LEASE), id)
            if attempts == 1 then notify(id, 'started') end
            local fields = call('HGETALL', key(id))
            if is_outside(wanted) then
                fields[#fields + 1] = 'inputs'
                fields[#fields + 1] = inputs(id)
            end
            return fields
        end

        move_due()
        local idle = int(math.ceil(LEASE / 1000))
        for _, stream in ipairs(wanted) do
            -- What is expired was there before what is new.
            local cursor = '0-0'
            repeat
                local reply = grouped(stream, 'XAUTOCLAIM', stream, GROUP, worker, idle, cursor, 'COUNT', 1)
                cursor = reply[1]
                for _, entry in ipairs(reply[2]) do
                    local job = entry and take(stream, entry, true)
                    if job then return job end
                end
            until cursor == '0-0'
            while true do
                local reply = grouped(stream, 'XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', 1, 'STREAMS', stream, '>')
                if not reply then break end
                local job = take(stream, reply[1][2][1], false)
                if job then return job end
            end
        end
        -- Expired a second ago and not taken over now: the stream has lost it.
        for _, id in ipairs(call('ZRANGEBYSCORE', CLAIMED, '-inf', int(NOW - 1000000), 'LIMIT', 0, 100)) do
            if get(id, 'phase') ~= 'claimed' then
                call('ZREM', CLAIMED, id)
            elseif is_in(id, wanted) then
                dequeue(id)
                enqueue(id)
            end
        end
        return false
        """#)

    /// Renews a claim; arguments: job, token, has a status, status.
    ///
    /// Repeatable.
    static let heartbeat = RedisScript(
        "heartbeat",
        #"""
        local id = ARGV[3]
        if not is_mine(id, ARGV[4]) then return 'lost' end
        if ARGV[5] == '1' then set(id, 'status', ARGV[6]) end
        call('ZADD', CLAIMED, int(NOW + LEASE), id)
        -- Where the group is missing, the next claim makes it and finds who has the job.
        redis.pcall('XCLAIM', stream(id), GROUP, get(id, 'worker'), 0, get(id, 'entry'), 'JUSTID')
        return get(id, 'cancel') == '1' and 'cancelled' or 'goOn'
        """#)

    /// Ends a job; arguments: job, token, call, state, status, result, error.
    ///
    /// Repeatable.
    static let finish = RedisScript(
        "finish",
        #"""
        local id = ARGV[3]
        if not is_mine(id, ARGV[4]) then return get(id, 'last') == ARGV[5] and 1 or 0 end
        -- Others read them inside of larger documents.
        for index = 8, 9 do
            if is_outside(lane(id)) and ARGV[index] ~= '' and not pcall(cjson.decode, ARGV[index]) then
                return redis.error_reply('ERR argument ' .. index - 2 .. ' is not JSON')
            end
        end
        set(id, 'last', ARGV[5])
        RESULT, ERROR = ARGV[8], ARGV[9]
        move_due()
        end_job(id, ARGV[6], ARGV[7])
        return 1
        """#)

    /// Releases a claim; arguments: job, token, call, delay, whether it was an attempt, has a status, status.
    ///
    /// Repeatable.
    static let release = RedisScript(
        "release",
        #"""
        local id, delay = ARGV[3], tonumber(ARGV[6])
        if not is_mine(id, ARGV[4]) then return get(id, 'last') == ARGV[5] and 1 or 0 end
        set(id, 'last', ARGV[5])
        if ARGV[8] == '1' then set(id, 'status', ARGV[9]) end
        if get(id, 'cancel') == '1' then
            end_job(id, 'cancelled', false)
            return 1
        end
        move_due()
        dequeue(id)
        if ARGV[7] == '0' and call('HINCRBY', key(id), 'attempts', -1) <= 0 then
            set(id, 'state', 'queued', 'attempts', '0')
            call('HDEL', key(id), 'started')
        end
        if delay > 0 then
            set(id, 'phase', 'delayed')
            call('ZADD', DELAYED, int(NOW + delay), id)
            -- Who waits learns until when.
            wake()
        else
            enqueue(id)
        end
        return 1
        """#)

    /// Splits a job; arguments: job, token, call, status, nine arguments for each part.
    ///
    /// Reports an invalid part as a negative number: −1 for the first part, and so on. Repeatable.
    static let split = RedisScript(
        "split",
        #"""
        local id = ARGV[3]
        if not is_mine(id, ARGV[4]) then return get(id, 'last') == ARGV[5] and 1 or 0 end
        if get(id, 'cancel') == '1' then
            set(id, 'last', ARGV[5])
            end_job(id, 'cancelled', ARGV[6])
            return 1
        end
        -- Nothing is changed before all is known to be well: what a script has done stays done.
        local new, parts, left, done = {}, 0, 0, 0
        for at = 7, #ARGV, 9 do
            local part = new_job(at)
            local state = get(part.id, 'state')
            parts = parts + 1
            if state == 'completed' then
                done = done + tonumber(get(part.id, 'units'))
            else
                left = left + 1
                if not state then
                    new[#new + 1] = part
                elseif is_final(state) or get(part.id, 'parent') ~= id then
                    return -parts
                end
            end
        end
        move_due()
        dequeue(id)
        set(id, 'last', ARGV[5], 'phase', 'split', 'status', ARGV[6], 'parts', int(parts), 'left', int(left),
            'done', int(done), 'priority', int(math.min(tonumber(get(id, 'priority')) + 1, 2)))
        for offset, part in ipairs(new) do create(part, id, offset) end
        if left == 0 then enqueue(id) end
        return 1
        """#)

    /// Cancels a job; argument: job.
    ///
    /// Returns the job. Repeatable.
    static let cancel = RedisScript(
        "cancel",
        #"""
        local id = ARGV[3]
        local state = get(id, 'state')
        if state and not is_final(state) then
            if is_held(id) then set(id, 'cancel', '1') else end_job(id, 'cancelled', false) end
        end
        return call('HGETALL', key(id))
        """#)
}
