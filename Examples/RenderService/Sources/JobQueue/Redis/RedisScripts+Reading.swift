// SPDX-License-Identifier: Apache-2.0

/// The scripts that read or maintain the queue as a whole.
///
/// All of them can safely be sent twice.
extension RedisScript {
    /// Returns the job with a generation ID; argument: the generation ID with its prefix.
    static let generation = RedisScript(
        "generation",
        #"""
        local id = call('GET', P .. 'generation:' .. ARGV[3])
        return id and call('HGETALL', key(id))
        """#)

    /// Returns a caller's newest jobs; arguments: caller, limit.
    static let recent = RedisScript(
        "recent",
        #"""
        local jobs = {}
        if ARGV[4] == '0' then return jobs end
        for _, id in ipairs(call('ZREVRANGE', P .. 'recent:' .. ARGV[3], 0, ARGV[4] - 1)) do
            jobs[#jobs + 1] = call('HGETALL', key(id))
        end
        return jobs
        """#)

    /// Returns the number of a caller's jobs that have not ended; argument: caller.
    static let unfinished = RedisScript(
        "unfinished",
        #"""
        return call('SCARD', P .. 'unfinished:' .. ARGV[3])
        """#)

    /// Returns the number of waiting and claimed jobs.
    static let counts = RedisScript(
        "counts",
        #"""
        local claimed = call('ZCOUNT', CLAIMED, '(' .. int(NOW), '+inf')
        local waiting = call('ZCARD', DELAYED) - claimed
        for _, stream in ipairs(all_streams()) do waiting = waiting + call('XLEN', stream) end
        return {waiting, claimed}
        """#)

    /// Returns the microseconds until a job can be claimed, or −1 if that is unknown; argument: a kind of the lane.
    static let due = RedisScript(
        "due",
        #"""
        local wanted = lane_of(ARGV[3])
        for _, stream in ipairs(wanted) do
            if call('XLEN', stream) > 0 then
                local is_grouped = false
                for _, group in ipairs(call('XINFO', 'GROUPS', stream)) do
                    local about = {}
                    for at = 1, #group, 2 do about[group[at]] = group[at + 1] end
                    if about['name'] == GROUP then
                        is_grouped = true
                        local newest = call('XREVRANGE', stream, '+', '(' .. about['last-delivered-id'], 'COUNT', 1)
                        if #newest > 0 then return 0 end
                    end
                end
                if not is_grouped then return 0 end
            end
        end
        -- Streams count whole milliseconds.
        local function left(till) return math.max(0, tonumber(till) + 2000 - NOW) end
        local due = -1
        -- Delays end for all lanes with the next claim of any, leases do not.
        local delayed = call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')
        if delayed[2] then due = left(delayed[2]) end
        local claimed = call('ZRANGE', CLAIMED, 0, -1, 'WITHSCORES')
        for at = 1, #claimed, 2 do
            if is_in(claimed[at], wanted) then
                if due < 0 or left(claimed[at + 1]) < due then due = left(claimed[at + 1]) end
                break
            end
        end
        return due
        """#)

    /// Removes jobs that ended long ago; arguments: age, number of jobs to skip, number of jobs to examine.
    ///
    /// Returns how many jobs were examined and how many of them were kept.
    static let forget = RedisScript(
        "forget",
        #"""
        local ended = call('ZRANGEBYSCORE', ENDED, '-inf', int(NOW - tonumber(ARGV[3])), 'LIMIT', ARGV[4], ARGV[5])
        local kept = 0
        local function is_open(id)
            local state = get(id, 'state')
            return state and not is_final(state)
        end
        -- Whether a job that has not ended counts upon it.
        local function is_needed(id, parent)
            if parent ~= '' and is_open(parent) then return true end
            for _, follower in ipairs(call('ZRANGE', P .. 'followers:' .. id, 0, -1)) do
                if is_open(follower) then return true end
            end
        end
        for _, id in ipairs(ended) do
            local parent = get(id, 'parent') or ''
            if is_needed(id, parent) then
                kept = kept + 1
            else
                local generation = get(id, 'generation') or ''
                if generation ~= '' and call('GET', P .. 'generation:' .. generation) == id then
                    call('DEL', P .. 'generation:' .. generation)
                end
                call('ZREM', P .. 'recent:' .. (get(id, 'caller') or ''), id)
                if parent ~= '' then call('SREM', P .. 'parts:' .. parent, id) end
                for earlier in lines(get(id, 'after')) do call('ZREM', P .. 'followers:' .. earlier, id) end
                call('ZREM', ENDED, id)
                call('DEL', key(id), P .. 'parts:' .. id, P .. 'followers:' .. id)
            end
        end
        return {#ended, kept}
        """#)

    /// Restores lost stream entries and removes consumers that have been idle for a day.
    ///
    /// Redis otherwise keeps every consumer that ever existed.
    static let tidy = RedisScript(
        "tidy",
        #"""
        restore()
        for _, stream in ipairs(all_streams()) do
            local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, GROUP)
            if not consumers.err then
                for _, consumer in ipairs(consumers) do
                    local about = {}
                    for at = 1, #consumer, 2 do about[consumer[at]] = consumer[at + 1] end
                    if about['pending'] == 0 and about['idle'] > 86400000 then
                        call('XGROUP', 'DELCONSUMER', stream, GROUP, about['name'])
                    end
                end
            end
        end
        return 1
        """#)
}
