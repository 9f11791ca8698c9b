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
/// | `jobs:kind:{kind}`, `…:high`, `…:low` | the same for the lane of another kind |
/// | `jobs:kinds` | set of the other kinds that there have been |
/// | `jobs:completed` | stream of the newest jobs that have ended in any way, about ten thousand |
/// | `jobs:failed` | stream of the newest jobs that failed, about ten thousand, with those of the service's own kinds |
/// | `jobs:dead` | stream of the newest entries that could not be read, about ten thousand, with the reasons |
/// | `jobs:delayed` | sorted set of the jobs that can be claimed later, by the end of the delay |
/// | `jobs:claimed` | sorted set of the claimed jobs, by the end of the lease |
/// | `jobs:ended` | sorted set of the jobs that have ended, by the time of the end |
/// | `jobs:open` | set of the jobs that have not ended |
/// | `job:{id}` | hash of a job |
/// | `generation:{generation ID}` | the job's identifier |
/// | `recent:{caller}`, `unfinished:{caller}` | sorted set and set of the caller's jobs |
/// | `parts:{id}` | set of a job's parts |
/// | `jobs:protocol:1` | hash of what workers outside need (``RedisJobQueue/publish(_:)``) |
/// | `followers:{id}` | sorted set of the jobs that follow a job, by the times of submission |
///
/// The field `phase` of a job that has not ended is `ready` or `claimed` (and `entry` is its entry in a stream),
/// `delayed`, `split`, or `waiting` for the jobs that it follows, which `after` has with line breaks between. The field `last` identifies the call that ended the last claim. The field `reply` names a
/// stream to which the end is added as well. An entry of a stream that is not just the `id` of a job was added by another
/// program (``ForeignEntry``).
struct RedisScript: Sendable {
    /// The name of the script.
    let name: String
    /// The complete source of the script, with the library.
    let source: String

    init(_ name: String, _ body: String) {
        self.name = name
        source = Self.basics + Self.ends + body
    }

    /// The functions that every script starts with: the keys, and how a job waits.
    ///
    /// `ARGV` holds the prefix, the lease in microseconds, and the script's own arguments from the third element on.
    private static let basics = #"""
        local P, LEASE = ARGV[1], tonumber(ARGV[2])
        local GROUP = 'renderers'
        local REQUESTED = {P .. 'jobs:requested:high', P .. 'jobs:requested', P .. 'jobs:requested:low'}
        local CALLBACKS = {P .. 'jobs:callbacks'}
        local DELAYED, CLAIMED, OPEN, ENDED = P .. 'jobs:delayed', P .. 'jobs:claimed', P .. 'jobs:open', P .. 'jobs:ended'
        local KINDS = P .. 'jobs:kinds'
        local call = redis.call
        local time = call('TIME')
        local NOW = tonumber(time[1]) * 1000000 + tonumber(time[2])

        -- What a job that ends now has as its result and error, as text for others to read.
        local RESULT, ERROR = '', ''

        local function int(number) return string.format('%.0f', number) end
        local function key(id) return P .. 'job:' .. id end
        local function get(id, field) return call('HGET', key(id), field) end
        local function set(id, ...) call('HSET', key(id), ...) end
        local function is_of_callers(kind) return kind ~= 'segment' and kind ~= 'callback' end

        -- The streams of a kind's lane, highest priority first.
        local function lane_of(kind)
            if kind == 'render' or kind == 'segment' then return REQUESTED end
            if kind == 'callback' then return CALLBACKS end
            local name = P .. 'jobs:kind:' .. kind
            return {name .. ':high', name, name .. ':low'}
        end
        local function lane(id) return lane_of(get(id, 'kind')) end
        local function is_in(id, streams) return lane(id)[1] == streams[1] end

        -- Whether workers outside may take jobs of the lane.
        local function is_outside(streams) return streams ~= REQUESTED and streams ~= CALLBACKS end

        -- The streams of all lanes.
        local function all_streams()
            local all = {REQUESTED[1], REQUESTED[2], REQUESTED[3], CALLBACKS[1]}
            for _, kind in ipairs(call('SMEMBERS', KINDS)) do
                for _, stream in ipairs(lane_of(kind)) do all[#all + 1] = stream end
            end
            return all
        end
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
                elseif phase ~= 'split' and phase ~= 'waiting' then
                    if not entry or #call('XRANGE', stream(id), entry, entry) == 0 then append(id) wake() end
                end
            end
        end

        -- The job described by nine arguments from the given one on.
        local function new_job(at)
            return {id = ARGV[at], kind = ARGV[at + 1], caller = ARGV[at + 2], generation = ARGV[at + 3],
                priority = ARGV[at + 4], payload = ARGV[at + 5], units = ARGV[at + 6], after = ARGV[at + 7],
                notices = ARGV[at + 8]}
        end
        local function lines(text) return string.gmatch(text or '', '[^\n]+') end

        -- Takes in a job that there is not; one that follows others waits. The offset keeps the order of what one script
        -- takes in.
        local function create(job, parent, offset, after)
            local created = int(NOW + offset)
            set(job.id, 'id', job.id, 'kind', job.kind, 'caller', job.caller, 'generation', job.generation,
                'priority', job.priority, 'payload', job.payload, 'units', job.units, 'parent', parent,
                'after', after or '', 'notices', job.notices, 'created', created, 'state', 'queued', 'attempts', '0', 'cancel', '0', 'parts', '0',
                'left', '0', 'done', '0', 'status', '')
            for earlier in lines(after) do call('ZADD', P .. 'followers:' .. earlier, created, job.id) end
            call('SADD', OPEN, job.id)
            if job.generation ~= '' then call('SET', P .. 'generation:' .. job.generation, job.id) end
            if parent ~= '' then call('SADD', P .. 'parts:' .. parent, job.id) end
            if is_of_callers(job.kind) then
                call('ZADD', P .. 'recent:' .. job.caller, created, job.id)
                call('SADD', P .. 'unfinished:' .. job.caller, job.id)
                if job.kind ~= 'render' then call('SADD', KINDS, job.kind) end
            end
            if after and after ~= '' then set(job.id, 'phase', 'waiting') else enqueue(job.id) end
        end

        -- Submits the notice of a start or an end. Jobs of earlier versions do not say whether they have notices, and do.
        local function notify(id, moment)
            local notice = id .. '.' .. moment
            if get(id, 'notices') == '0' or not is_of_callers(get(id, 'kind')) then return end
            if call('EXISTS', key(notice)) == 1 then return end
            create({id = notice, kind = 'callback', caller = get(id, 'caller'), generation = '', priority = '2',
                payload = cjson.encode({notice = moment, job = id}), units = '0', notices = '0'}, '', 0)
        end

        """#
}
