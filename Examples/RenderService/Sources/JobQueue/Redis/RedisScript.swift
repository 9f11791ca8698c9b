// SPDX-License-Identifier: Apache-2.0

/// A Lua script, which the server runs atomically.
///
/// Scripts never parse payloads and statuses, because Lua's JSON does not round-trip them. The keys, after the prefix,
/// are:
///
/// | Key | Contents |
/// | --- | --- |
/// | `jobs:requested`, `…:high`, `…:low` | streams of the jobs that are claimed or can be claimed; group `renderers` |
/// | `jobs:callbacks` | the same for the lane of callbacks |
/// | `jobs:completed` | stream of the newest jobs that have ended in any way, about ten thousand |
/// | `jobs:failed` | stream of the newest jobs that failed, about ten thousand, with those of the service's own kinds |
/// | `jobs:dead` | stream of the newest entries that could not be read, about ten thousand, with the reasons |
/// | `jobs:delayed` | sorted set of the jobs that can be claimed later, by the end of the delay |
/// | `jobs:claimed` | sorted set of the claimed jobs, by the end of the lease |
/// | `jobs:ended` | sorted set of the jobs that have ended, by the time of the end |
/// | `jobs:open` | set of the jobs that have not ended |
/// | `job:{id}` | hash of a job |
/// | `generation:{generation ID}` | the job's identifier |
/// | `recent:{caller}`, `unfinished:{caller}` | sorted set and set of the caller's jobs of kind `render` |
/// | `parts:{id}` | set of a job's parts |
///
/// The field `phase` of a job that has not ended is `ready` or `claimed` (and `entry` is its entry in a stream),
/// `delayed`, or `split`. The field `last` identifies the call that ended the last claim. The field `reply` names a
/// stream to which the end is added as well. An entry of a stream that is not just the `id` of a job was added by another
/// program (``ForeignEntry``).
struct RedisScript: Sendable {
    /// The name of the script.
    let name: String
    /// The complete source of the script, with the library.
    let source: String

    init(_ name: String, _ body: String) {
        self.name = name
        source = Self.library + body
    }

    /// The functions that every script starts with.
    ///
    /// `ARGV` holds the prefix, the lease in microseconds, and the script's own arguments from the third element on.
    private static let library = #"""
        local P, LEASE = ARGV[1], tonumber(ARGV[2])
        local GROUP = 'renderers'
        local REQUESTED = {P .. 'jobs:requested:high', P .. 'jobs:requested', P .. 'jobs:requested:low'}
        local CALLBACKS = {P .. 'jobs:callbacks'}
        local STREAMS = {REQUESTED[1], REQUESTED[2], REQUESTED[3], CALLBACKS[1]}
        local DELAYED, CLAIMED, OPEN, ENDED = P .. 'jobs:delayed', P .. 'jobs:claimed', P .. 'jobs:open', P .. 'jobs:ended'
        local call = redis.call
        local time = call('TIME')
        local NOW = tonumber(time[1]) * 1000000 + tonumber(time[2])

        -- What a job that ends now has as its result and error, as text for others to read.
        local RESULT, ERROR = '', ''

        local function int(number) return string.format('%.0f', number) end
        local function key(id) return P .. 'job:' .. id end
        local function get(id, field) return call('HGET', key(id), field) end
        local function set(id, ...) call('HSET', key(id), ...) end
        local function lane(id) return get(id, 'kind') == 'callback' and CALLBACKS or REQUESTED end
        local function stream(id)
            local streams = lane(id)
            return streams[3 - tonumber(get(id, 'priority') or 1)] or streams[1]
        end
        local function is_final(state) return state == 'completed' or state == 'failed' or state == 'cancelled' end
        local function is_mine(id, token) return get(id, 'token') == token end
        local function wake() call('PUBLISH', P .. 'jobs:wake', '1') end

        -- Whether somebody works on it, whose claim was renewed in time.
        local function is_held(id)
            local till = call('ZSCORE', CLAIMED, id)
            return till and tonumber(till) > NOW
        end

        -- Puts it at the end of its stream.
        local function append(id)
            set(id, 'entry', call('XADD', stream(id), '*', 'id', id))
        end

        -- Makes it claimable.
        local function enqueue(id)
            append(id)
            set(id, 'phase', 'ready')
            wake()
        end

        -- Takes it out of wherever it is, and from whoever has it.
        local function dequeue(id)
            local entry = get(id, 'entry')
            if entry then
                call('XACK', stream(id), GROUP, entry)
                call('XDEL', stream(id), entry)
            end
            call('ZREM', DELAYED, id)
            call('ZREM', CLAIMED, id)
            call('HDEL', key(id), 'entry', 'token', 'worker')
        end

        -- Makes claimable whose delay has passed. First thing in all that makes claimable, for the order.
        local function move_due()
            for _, id in ipairs(call('ZRANGEBYSCORE', DELAYED, '-inf', int(NOW), 'LIMIT', 0, 1000)) do
                call('ZREM', DELAYED, id)
                if get(id, 'phase') == 'delayed' then enqueue(id) end
            end
        end

        -- Puts back what was lost with a stream or a set: a job that has not ended is known by OPEN.
        local function restore()
            for _, id in ipairs(call('SMEMBERS', OPEN)) do
                local phase, entry = get(id, 'phase'), get(id, 'entry')
                if not phase then
                    call('SREM', OPEN, id)
                elseif phase == 'delayed' then
                    if not call('ZSCORE', DELAYED, id) then enqueue(id) end
                elseif phase ~= 'split' then
                    if not entry or #call('XRANGE', stream(id), entry, entry) == 0 then append(id) wake() end
                end
            end
        end

        -- The job described by seven arguments from the given one on.
        local function new_job(at)
            return {id = ARGV[at], kind = ARGV[at + 1], caller = ARGV[at + 2], generation = ARGV[at + 3],
                priority = ARGV[at + 4], payload = ARGV[at + 5], units = ARGV[at + 6]}
        end

        -- Takes in a job that there is not. The offset keeps the order of what one script takes in.
        local function create(job, parent, offset)
            local created = int(NOW + offset)
            set(job.id, 'id', job.id, 'kind', job.kind, 'caller', job.caller, 'generation', job.generation,
                'priority', job.priority, 'payload', job.payload, 'units', job.units, 'parent', parent,
                'created', created, 'state', 'queued', 'attempts', '0', 'cancel', '0', 'parts', '0', 'left', '0',
                'done', '0', 'status', '')
            call('SADD', OPEN, job.id)
            if job.generation ~= '' then call('SET', P .. 'generation:' .. job.generation, job.id) end
            if parent ~= '' then call('SADD', P .. 'parts:' .. parent, job.id) end
            if job.kind == 'render' then
                call('ZADD', P .. 'recent:' .. job.caller, created, job.id)
                call('SADD', P .. 'unfinished:' .. job.caller, job.id)
            end
            enqueue(job.id)
        end

        -- Takes in a job, unless there is one of this name or generation ID; the name of the one there is then.
        local function submit(job, offset)
            if call('EXISTS', key(job.id)) == 1 then return job.id end
            if job.generation ~= '' then
                local id = call('GET', P .. 'generation:' .. job.generation)
                if id and call('EXISTS', key(id)) == 1 then return id end
            end
            create(job, '', offset)
            return job.id
        end

        -- Tells everybody of an end. The stream to reply to was chosen by another program, and may be no stream.
        local function announce(is_private, reply, ...)
            if not is_private then call('XADD', P .. 'jobs:completed', 'MAXLEN', '~', '10000', '*', ...) end
            if not reply or reply == '' then return end
            local added = redis.pcall('XADD', P .. reply, 'MAXLEN', '~', '10000', '*', ...)
            if type(added) == 'string' then call('EXPIRE', P .. reply, '604800') end
        end

        -- Tells everybody that a job has ended, and how.
        local function announce_job(id)
            local state, generation, started = get(id, 'state'), get(id, 'generation') or '', get(id, 'started')
            local seconds = started and (tonumber(get(id, 'finished')) - tonumber(started)) / 1000000 or 0
            announce(false, get(id, 'reply'), 'id', generation ~= '' and string.sub(generation, 2) or id, 'kind', get(id, 'kind'),
                'state', state, 'result', get(id, 'result') or '', 'error', get(id, 'error') or '',
                'seconds', string.format('%.3f', math.max(0, seconds)), 'job', id)
        end

        -- Ends a job, its parts with it, and does to the job it is a part of what follows; false leaves the status as it is.
        local function end_job(id, state, status)
            dequeue(id)
            set(id, 'state', state, 'phase', 'ended', 'finished', int(NOW))
            if status then set(id, 'status', status) end
            local kind = get(id, 'kind')
            call('SREM', OPEN, id)
            call('ZADD', ENDED, int(NOW), id)
            call('SREM', P .. 'unfinished:' .. get(id, 'caller'), id)
            if kind ~= 'segment' and kind ~= 'callback' then
                set(id, 'result', state == 'completed' and RESULT or '', 'error', state == 'failed' and ERROR or '')
                announce_job(id)
            end
            if state == 'failed' then
                call('XADD', P .. 'jobs:failed', 'MAXLEN', '~', '10000', '*', 'id', id, 'kind', kind,
                    'status', get(id, 'status'))
            end
            for _, part in ipairs(call('SMEMBERS', P .. 'parts:' .. id)) do
                local part_state = get(part, 'state')
                if part_state and not is_final(part_state) then
                    if is_held(part) then set(part, 'cancel', '1') else end_job(part, 'cancelled', false) end
                end
            end
            local parent = get(id, 'parent')
            if not parent or parent == '' or get(parent, 'phase') ~= 'split' then return end
            if state == 'completed' then
                call('HINCRBY', key(parent), 'done', get(id, 'units'))
                if call('HINCRBY', key(parent), 'left', -1) <= 0 then enqueue(parent) end
            elseif state == 'failed' then
                end_job(parent, 'failed', status)
            else
                -- It would wait for ever.
                end_job(parent, 'cancelled', false)
            end
        end

        """#
}
