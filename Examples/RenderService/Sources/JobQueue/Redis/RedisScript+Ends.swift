// SPDX-License-Identifier: Apache-2.0

extension RedisScript {
    /// The functions that every script has as well: how jobs end, what follows from it, and how new ones are taken in.
    static let ends = #"""
        -- Tells everybody of an end. The stream to reply to was chosen by another program, and may be no stream.
        local function announce(is_private, reply, ...)
            if not is_private then call('XADD', P .. 'jobs:completed', 'MAXLEN', '~', '10000', '*', ...) end
            if not reply or reply == '' then return end
            local added = redis.pcall('XADD', P .. reply, 'MAXLEN', '~', '10000', '*', ...)
            if type(added) == 'string' then call('EXPIRE', P .. reply, '604800') end
        end

        -- Moves an entry of another program to the dead letters, and tells its end to whoever waits for that.
        local function bury(stream, at, reason, reply, is_private)
            local from = P .. stream
            local entry = call('XRANGE', from, at, at)[1]
            if not entry then return 'gone' end
            local letter = {'reason', reason, 'stream', stream, 'entry', at}
            local fields = {}
            for index = 1, #entry[2], 2 do
                fields[entry[2][index]] = entry[2][index + 1]
                letter[#letter + 1] = 'request:' .. entry[2][index]
                letter[#letter + 1] = entry[2][index + 1]
                if #letter > 200 then break end
            end
            call('XADD', P .. 'jobs:dead', 'MAXLEN', '~', '10000', '*', unpack(letter))
            if fields['id'] then
                announce(is_private, reply, 'id', fields['id'], 'kind', fields['kind'] or '', 'state', 'failed', 'result', '',
                    'error', cjson.encode({code = 'unreadable', message = reason}), 'seconds', '0.000', 'job', '')
            end
            call('XACK', from, GROUP, at)
            call('XDEL', from, at)
            return 'buried'
        end

        -- The caller's name of a job.
        local function name(id)
            local generation = get(id, 'generation') or ''
            return generation ~= '' and string.sub(generation, 2) or id
        end

        -- The results of the jobs that a job follows, as an object by the callers' names.
        local function inputs(id)
            local members = {}
            for earlier in lines(get(id, 'after')) do
                local result = get(earlier, 'result') or ''
                members[#members + 1] = cjson.encode(name(earlier)) .. ':' .. (result ~= '' and result or 'null')
            end
            return '{' .. table.concat(members, ',') .. '}'
        end

        -- Tells everybody that a job has ended, and how.
        local function announce_job(id)
            local state, started = get(id, 'state'), get(id, 'started')
            local seconds = started and (tonumber(get(id, 'finished')) - tonumber(started)) / 1000000 or 0
            announce(false, get(id, 'reply'), 'id', name(id), 'kind', get(id, 'kind'),
                'state', state, 'result', get(id, 'result') or '', 'error', get(id, 'error') or '',
                'seconds', string.format('%.3f', math.max(0, seconds)), 'job', id)
        end

        -- Makes a job claimable if all that it follows are completed, or returns its end if one of them has failed.
        local function way_on(id)
            local is_ready = true
            for earlier in lines(get(id, 'after')) do
                local state = get(earlier, 'state')
                if state == 'failed' or state == 'cancelled' or not state then
                    return {id = id, state = 'failed', cause = get(earlier, 'endedBy') or name(earlier)}
                end
                if state ~= 'completed' then is_ready = false end
            end
            if is_ready then enqueue(id) end
        end

        -- Ends one job, and adds the ends of others that follow from that to a list.
        local function end_one(job, ends)
            local id, state, kind = job.id, job.state, get(job.id, 'kind')
            dequeue(id)
            set(id, 'state', state, 'phase', 'ended', 'finished', int(NOW))
            if job.status then set(id, 'status', job.status) end
            local problem = ERROR
            if job.cause then
                set(id, 'endedBy', job.cause)
                problem = cjson.encode({code = 'predecessor',
                    message = 'the job ' .. job.cause .. ', which it follows, was not completed'})
            end
            call('SREM', OPEN, id)
            call('ZADD', ENDED, int(NOW), id)
            call('SREM', P .. 'unfinished:' .. get(id, 'caller'), id)
            if is_of_callers(kind) then
                set(id, 'result', state == 'completed' and RESULT or '', 'error', state == 'failed' and problem or '')
                announce_job(id)
                notify(id, 'ended')
            end
            if state == 'failed' then
                call('XADD', P .. 'jobs:failed', 'MAXLEN', '~', '10000', '*', 'id', id, 'kind', kind,
                    'status', get(id, 'status'))
            end
            for _, follower in ipairs(call('ZRANGE', P .. 'followers:' .. id, 0, -1)) do
                if get(follower, 'phase') == 'waiting' then ends[#ends + 1] = way_on(follower) end
            end
            local parent = get(id, 'parent')
            if parent and parent ~= '' and get(parent, 'phase') == 'split' then
                if state == 'completed' then
                    call('HINCRBY', key(parent), 'done', get(id, 'units'))
                    if call('HINCRBY', key(parent), 'left', -1) <= 0 then enqueue(parent) end
                elseif state == 'failed' then
                    ends[#ends + 1] = {id = parent, state = 'failed', status = job.status}
                else
                    -- It would wait for ever.
                    ends[#ends + 1] = {id = parent, state = 'cancelled'}
                end
            end
            for _, part in ipairs(call('SMEMBERS', P .. 'parts:' .. id)) do
                local part_state = get(part, 'state')
                if part_state and not is_final(part_state) then
                    if is_held(part) then set(part, 'cancel', '1') else ends[#ends + 1] = {id = part, state = 'cancelled'} end
                end
            end
        end

        -- Ends jobs, and those that end with them: in a loop, because jobs may follow each other in a long line.
        local function end_all(ends)
            while #ends > 0 do
                local job = table.remove(ends)
                if not is_final(get(job.id, 'state')) then end_one(job, ends) end
            end
        end

        -- Ends a job; false leaves the status as it is.
        local function end_job(id, state, status) end_all({{id = id, state = state, status = status}}) end

        -- The identifiers of the jobs that a new one is to follow, or nothing and the name that is not among its caller's.
        local function followed(job)
            local ids, known = {}, {}
            for name in lines(job.after) do
                local found
                for _, id in ipairs({name, call('GET', P .. 'generation:+' .. name) or name}) do
                    local kind = get(id, 'kind')
                    if not found and kind and is_of_callers(kind) and get(id, 'caller') == job.caller then found = id end
                end
                if not found then return nil, name end
                if not known[found] then ids[#ids + 1] = found end
                known[found] = true
            end
            return table.concat(ids, '\n')
        end

        -- Takes in a job, unless there is one of this name or generation ID. Returns the name of the one that there is then,
        -- or nothing and the name of a job that it cannot follow.
        local function submit(job, offset)
            if call('EXISTS', key(job.id)) == 1 then return job.id end
            if job.generation ~= '' then
                local id = call('GET', P .. 'generation:' .. job.generation)
                if id and call('EXISTS', key(id)) == 1 then return id end
            end
            local after, unknown = followed(job)
            if unknown then return nil, unknown end
            create(job, '', offset, after)
            if after ~= '' then end_all({way_on(job.id)}) end
            return job.id
        end

        """#
}
