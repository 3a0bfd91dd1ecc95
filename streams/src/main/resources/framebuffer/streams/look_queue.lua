-- Looks at a work queue: what its groups were given and have not acknowledged, and what its processor has done since somebody looked
-- last. That is kept for all instances: 'READ ACKNOWLEDGED OWED' (milliseconds since 1970: when it was last seen to read on and to
-- acknowledge, and since when something is outstanding; 0: nothing is), then where it stood.
--
-- KEYS  1 work queue   2 activity   3 taken   4 completed   5 given back
-- ARGV  1 processor   2 name at most so many entries of each group, the oldest
-- Returns  Redis's time; length of the queue (-1: no stream); how many entries we have taken from it in all; then for each group:
--          name, last id delivered, entries acknowledged so far, ours that were taken included (-1: not known),
--          {id, milliseconds since it was delivered, …}

local queue, activity, taken, processor = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local groups = redis.pcall('XINFO', 'GROUPS', queue)
if groups.err then
  redis.call('HDEL', activity, queue)
  return { time, -1, 0 }
end

local wrong = expect(activity, 'hash') or expect(taken, 'hash') or expect(KEYS[4], 'hash') or expect(KEYS[5], 'hash')
if wrong then return wrong end

local function figure(hash, field) return tonumber(redis.call('HGET', hash, field) or '0') or 0 end

local pending, position = 0, '0-0'
for _, group in ipairs(groups) do
  pending = pending + group[6]
  if less(position, group[8]) then position = group[8] end
end

-- All that it has answered, done or given back.
local answers = figure(KEYS[5], processor)
for bucket = 1, BUCKETS do answers = answers + figure(KEYS[4], processor .. ' ' .. bucket) end
local taken_in_all = figure(taken, queue)
-- A frame that is taken from several groups was pending in each.
local released = figure(taken, 'released:' .. queue)

local known = redis.call('HGET', activity, queue) or ''
local read, acknowledged, owed, at, had, took, said =
  string.match(known, '^(%d+) (%d+) (%d+) (%d+%-%d+) (%d+) (%d+) (%d+)$')
if not read or at ~= position then read = now end
-- Fewer are pending than we have taken away: the rest it has acknowledged.
if not acknowledged or answers > tonumber(said) or pending + released < tonumber(had) + tonumber(took) then
  acknowledged = now
end
if outstanding(queue) == 0 then
  owed = '0'
elseif not owed or owed == '0' then
  owed = now
end
local stands = table.concat({ read, acknowledged, owed, position, pending, released, answers }, ' ')
if stands ~= known then redis.call('HSET', activity, queue, stands) end

-- Where unread entries were taken, Redis no longer knows how many it has given out, until all that is there has been read.
local unread_taken = figure(taken, 'unread:' .. queue) > 0
local reply, healed = { time, redis.call('XLEN', queue), taken_in_all }, unread_taken
for _, group in ipairs(groups) do
  local entries = {}
  if group[6] > 0 then
    for _, one in ipairs(redis.call('XPENDING', queue, group[2], '-', '+', ARGV[2])) do
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
