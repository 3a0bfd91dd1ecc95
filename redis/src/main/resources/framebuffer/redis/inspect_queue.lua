-- Inspects work queues: the pending entries of their groups, and the activity of each processor since the last inspection. All instances
-- share the activity: 'READ ACKNOWLEDGED OWED' (milliseconds since 1970: last seen reading, last seen acknowledging, first seen with
-- outstanding frames, 0: none), then the state at that time.
--
-- KEYS  1 activity   2 taken   3 completed   4 given back   5… work queues
-- ARGV  1 maximum number of pending entries to list for each group, the oldest first   2… for each queue: its processor, and its state
--       when the caller last inspected it ('': list its entries in any case)
-- Returns  Redis's time; then for each queue a list: its length (-1: not a stream); the number of entries that we have taken from it;
--          its state; then, unless the state is the one the caller sent, for each group: name, last id delivered, entries acknowledged
--          so far, including entries that we took (-1: unknown), {id, milliseconds since delivery, …}

local activity, taken, completed, given_back, most = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local wrong = expect(activity, 'hash') or expect(taken, 'hash') or expect(completed, 'hash') or expect(given_back, 'hash')
if wrong then return wrong end

-- All frames that the processor has answered: done or returned.
local function answers_of(processor)
  local buckets = {}
  for bucket = 1, BUCKETS do buckets[bucket] = processor .. ' ' .. bucket end
  local answers = tonumber(redis.call('HGET', given_back, processor) or '0') or 0
  for _, done in ipairs(redis.call('HMGET', completed, unpack(buckets))) do
    answers = answers + (tonumber(done or '0') or 0)
  end
  return answers
end

local function known_from_future(...)
  for _, moment in ipairs({ ... }) do
    if tonumber(moment) > tonumber(now) then return true end
  end
  return false
end

local function look(queue, processor, seen)
  local groups = redis.pcall('XINFO', 'GROUPS', queue)
  if groups.err then
    redis.call('HDEL', activity, queue)
    return { -1, 0, '' }
  end
  local pending, position = 0, '0-0'
  for _, group in ipairs(groups) do
    pending = pending + group[6]
    if less(position, group[8]) then position = group[8] end
  end

  local answers, length = answers_of(processor), redis.call('XLEN', queue)
  -- Entries taken: in all; pending ones, once for each group; and unread ones.
  local figures = redis.call('HMGET', taken, queue, 'released:' .. queue, 'unread:' .. queue)
  for f = 1, 3 do figures[f] = tonumber(figures[f] or '0') or 0 end
  local released = figures[2]

  local known = redis.call('HGET', activity, queue) or ''
  local read, acknowledged, owed, at, had, took, said =
    string.match(known, '^(%d+) (%d+) (%d+) (%d+%-%d+) (%d+) (%d+) (%d+)$')
  -- A time in the future is from before the clock was set back. It counts as now; otherwise the processor would seem active until then.
  if known_from_future(read, acknowledged, owed) then read, acknowledged, owed = now, now, owed ~= '0' and now or '0' end
  if not read or at ~= position then read = now end
  -- Fewer entries are pending than our own removals explain: the processor has acknowledged the rest.
  if not acknowledged or answers > tonumber(said) or pending + released < tonumber(had) + tonumber(took) then
    acknowledged = now
  end
  if outstanding_of(groups, length) == 0 then
    owed = '0'
  elseif not owed or owed == '0' then
    owed = now
  end
  local stands = table.concat({ read, acknowledged, owed, position, pending, released, answers }, ' ')
  if stands ~= known then redis.call('HSET', activity, queue, stands) end

  -- Any change of the pending entries, except another claim of one, changes one of these values.
  local counts = { stands, length, figures[1] }
  for _, group in ipairs(groups) do
    counts[#counts + 1] = table.concat({ group[2], group[6], group[8], group[10] or '-', group[12] or '-' }, ' ')
  end
  counts = table.concat(counts, ' ')
  if counts == seen then return { length, figures[1], counts } end

  -- After unread entries were taken, Redis's count of delivered entries is unknown until all existing entries are read.
  local unread_taken = figures[3] > 0
  local reply, healed = { length, figures[1], counts }, unread_taken
  for _, group in ipairs(groups) do
    local entries = {}
    if group[6] > 0 then
      for _, one in ipairs(redis.call('XPENDING', queue, group[2], '-', '+', most)) do
        entries[#entries + 1] = one[1]
        entries[#entries + 1] = one[3]
      end
    end
    healed = healed and group[12] == 0
    reply[#reply + 1] = group[2]
    reply[#reply + 1] = group[8]
    reply[#reply + 1] = group[10] and not unread_taken and group[10] - group[6] or -1
    reply[#reply + 1] = entries
  end
  if healed then redis.call('HDEL', taken, 'unread:' .. queue) end
  return reply
end

local looks = { time }
for q = 5, #KEYS do looks[#looks + 1] = look(KEYS[q], ARGV[2 * q - 8], ARGV[2 * q - 7]) end
return looks
