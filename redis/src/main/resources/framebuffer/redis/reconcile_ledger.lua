-- Reconciles the ledger: compares the frames that have begun and not ended with the existing frames, in one instant. A frame that others
-- removed, with its entry or its whole key, ends as done if it was acknowledged, otherwise as lost. A frame that others added counts as
-- captured (docs/adr/0003-ledger.md).
--
-- The script finds the outcome of a missing frame in three ways, each only if the one before fails. The place of a part of a frame is
-- known. A pending entry that does not exist was deleted unacknowledged. Of other frames only the number is known: entries added to a
-- stream, minus entries that we removed, minus existing entries. Redis's counts show how many of them were unread.
--
-- KEYS  1 ledger   2 capture stream   3 returned stream   4 parts   5 completed   6 taken   7 changes   8 deferred   9 circuits
--       10 accepted returns   11… work queues
-- ARGV  1 group of the capture stream   2 maximum number of fields in the ledger   3 'sweep', 'reconcile', or 'dry' (only report)
--       4 maximum number of changes kept   5 assign frames to cameras only while at most this many frames are in flight
--       6… the processor of each work queue
-- Returns  1 if more remains to do; then for each change: stream, processor, outcome ('done', 'lost', 'captured'), frames

local ledger, capture, returned, parts, done_by, taken = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local circuits, keys, FIXED = KEYS[9], { ledger = ledger, parts = parts }, 10
local group, most_fields, by, dry = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[3] == 'dry'
local MOST_PARTS, MOST_PENDING, MOST_FIELDS = 1500, 2000, 10000

local wrong = expect(ledger, 'hash') or expect(parts, 'hash') or expect(done_by, 'hash') or expect(taken, 'hash')
  or expect(KEYS[7], 'stream') or expect(KEYS[10], 'hash')
if wrong then return wrong end

local function length(key)
  local n = redis.pcall('XLEN', key)
  return type(n) == 'number' and n or 0
end

local function groups_of(key)
  local groups = redis.pcall('XINFO', 'GROUPS', key)
  return groups.err and {} or groups
end

-- All streams with frames except the capture stream: expected and actual number of entries.
local streams = {}
local function stream_of(key)
  local one = streams[key]
  if not one then
    one = { key = key, expected = 0, unread = 0, length = length(key), processor = '' }
    streams[key] = one
  end
  return one
end
stream_of(returned)
stream_of(KEYS[8])
for q = FIXED + 1, #KEYS do
  local one = stream_of(KEYS[q])
  one.registered, one.processor = true, ARGV[5 + q - FIXED]
end
local figures = redis.call('HGETALL', taken)
for f = 1, #figures, 2 do
  local what, key = string.match(figures[f], '^(%a+):(.*)$')
  if what == 'handed' or what == 'left' then
    local one, n = stream_of(key), tonumber(figures[f + 1]) or 0
    one.expected = one.expected + (what == 'handed' and n or -n)
    if what == 'handed' then one.handed = n end
  elseif what == 'unread' and streams[key] then
    streams[key].unread = tonumber(figures[f + 1]) or 0
  elseif what == 'stood' and streams[key] then
    streams[key].stood = figures[f + 1]
  end
end

-- A ledger of very many cameras is not read in one step. Then only entries missing from these streams count as errors.
local whole = by ~= 'sweep' or redis.call('HLEN', ledger) <= MOST_FIELDS
local begun, furthest = 0, '0-0'
if whole then
  local sum, _, last = read_books(ledger)
  begun, furthest = sum, last
end

-- Frames with several parts: the number of parts beyond the number of frames, and the places of outstanding parts. Of many such frames the
-- ledger's own count is used, and walk_parts reads them in several steps.
local many = redis.call('HLEN', parts) > MOST_PARTS
local extra, owed = tonumber(redis.call('HGET', ledger, 'extra_parts') or '0') or 0, {}
local function remember_owed(fields)
  local beyond = 0
  for p = 1, #fields, 2 do
    local left = tonumber(string.match(fields[p + 1], '^%d+')) or 0
    if left > 0 then
      beyond = beyond + left - 1
      owed[#owed + 1] = { fields[p], fields[p + 1] }
    end
  end
  return beyond
end
if not many then
  local counted = remember_owed(redis.call('HGETALL', parts))
  if not dry and counted ~= extra then redis.call('HSET', ledger, 'extra_parts', counted) end
  extra = counted
end

local pending, uncounted = pending_and_uncounted(capture, group, ledger)
local there = pending - uncounted
for _, one in pairs(streams) do there = there + one.length end
-- Existing frames minus begun frames; negative when frames are missing.
local surplus = there - extra - begun
if not whole then
  surplus = 0
  for _, one in pairs(streams) do surplus = surplus - math.max(0, one.expected - one.length) end
end
-- Entries of the returned stream that are not accepted yet (accept_returned.lua). They may be frames that left a queue, or made up: until
-- that is known they do not begin, and what their queues lack stays open.
local unverified = math.max(0, length(returned) - redis.call('HLEN', KEYS[10]))
if surplus > 0 then surplus = math.max(0, surplus - unverified) end

local found, more = {}, 0
local function note(key, what, n)
  local name = key .. ' ' .. what
  found[name] = found[name] or { key, streams[key] and streams[key].processor or '', what, 0 }
  found[name][4] = found[name][4] + n
end

-- How many frames may be settled for this stream without a look at the parts: while many frames have several parts, only those that were
-- missing when the walk began; of others the walk may not have seen the part.
local walk
local function missing(one)
  local n = one.expected - one.length
  return walk and math.min(n, walk.missing[one.key] or 0) or n
end

-- Records that frames or parts of this stream have ended.
local function settled(one, what, n)
  surplus = surplus + n
  one.expected = one.expected - n
  if walk and walk.missing[one.key] then walk.missing[one.key] = walk.missing[one.key] - n end
  note(one.key, what, n)
  if not dry then add(taken, 'left:' .. one.key, n) end
end

-- The outcome of an entry; nil: the entry exists. Acknowledged: some group received it and does not owe it.
local function fate(one, id)
  if redis.pcall('XRANGE', one.key, id, id)[1] then return nil end
  if one.key == returned or one.key == KEYS[8] then return 'lost' end
  local acknowledged = false
  for _, reader in ipairs(groups_of(one.key)) do
    if not less(reader[8], id) then
      if #redis.call('XPENDING', one.key, reader[2], id, id, 1) == 0 then
        acknowledged = true
      elseif not dry then
        redis.call('XACK', one.key, reader[2], id)
      end
    end
  end
  return acknowledged and 'done' or 'lost'
end

local looked = 0
local function settle_parts()
  for _, frame in ipairs(owed) do
    for key, id in string.gmatch(frame[2], '>(%S+)=(%d+%-%d+)') do
      local one = streams[key] or stream_of(key)
      if one.expected > one.length and surplus < 0 then
        looked = looked + 1
        local what = fate(one, id)
        if what then
          settled(one, what, 1)
          if not dry then
            part_ended(keys, frame[1], 'unknown', what, place_of(key, id))
            if what == 'done' then completed(done_by, one.processor, frame[1]) end
          end
        end
      end
    end
  end
end

-- Looks at some of many frames with several parts. The walk over all of them takes several steps; its position is stored in between.
-- Returns whether it is complete.
local function walk_parts()
  local known = not dry and redis.call('HGET', taken, 'walk')
  walk = known and cjson.decode(known) or { at = '0', missing = {} }
  if not known then
    for key, one in pairs(streams) do
      if one.expected > one.length then walk.missing[key] = one.expected - one.length end
    end
  end
  if next(walk.missing) == nil then return true end
  local read = 0
  repeat
    local some = redis.call('HSCAN', parts, walk.at, 'COUNT', 100)
    owed, walk.at, read = {}, some[1], read + #some[2] / 2
    remember_owed(some[2])
    settle_parts()
  until walk.at == '0' or read >= MOST_PARTS or looked >= MOST_PARTS
  local complete = walk.at == '0'
  if not dry and not complete and surplus < 0 then
    redis.call('HSET', taken, 'walk', cjson.encode(walk))
  elseif not dry then
    redis.call('HDEL', taken, 'walk')
  end
  return complete
end

local function settle_pending(one)
  local seen = {}
  for _, reader in ipairs(groups_of(one.key)) do
    local after, some = '-', {}
    for _ = 1, MOST_PENDING / 100 do
      some = reader[6] > 0 and redis.call('XPENDING', one.key, reader[2], after, '+', 100) or {}
      for _, entry in ipairs(some) do
        local what = surplus < 0 and (not walk or missing(one) > 0) and not seen[entry[1]] and fate(one, entry[1])
        if what then
          seen[entry[1]] = true
          settled(one, what, 1)
          if not dry then ended(ledger, 'unknown', what, 1) end
        end
        after = '(' .. entry[1]
      end
      if #some < 100 or surplus >= 0 then break end
    end
    if #some == 100 and surplus < 0 then more = 1 end
  end
end

-- Redis's count of delivered entries is too low after a restart from the append-only file or a failover. So counts of different runs are
-- not compared. A user without the right to INFO sees one run.
local run
local function run_of_redis()
  if not run then
    local info = redis.pcall('INFO', 'server')
    run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or 'unknown'
  end
  return run
end

-- The state of a queue: the last entry delivered to its group, Redis's count of delivered entries, and the number of entries that left the
-- queue undelivered (nil: unknown): entries added, minus delivered entries, minus existing undelivered entries. All existing delivered
-- entries are pending, because the sweep has just removed the acknowledged ones. Redis's count may be off by a constant, so only its change
-- since the last run counts.
local function standing_of(one)
  local now = { position = '0-0' }
  for _, reader in ipairs(groups_of(one.key)) do
    if less(now.position, reader[8]) then
      now.position, now.read = reader[8], reader[10] or nil
      now.gone = reader[10] and (one.handed or 0) - reader[10] - (one.length - reader[6]) or nil
    end
  end
  return now
end

-- How many of the n entries that vanished from a queue, and are not pending, were acknowledged: those that were delivered. If unknown, all
-- of them: processors acknowledge and delete constantly, and other causes are rare.
local function acknowledged_of(one, n)
  local now = standing_of(one)
  if one.key == returned or one.key == KEYS[8] or now.position == '0-0' then return 0 end
  local before, read, gone, unread = string.match(one.stood or run_of_redis() .. ' 0 0 0', '^(%w+) (%d+) (%-?%d+) (%d+)$')
  if not now.gone or before ~= run_of_redis() then return n end
  -- The key was deleted and created again.
  if now.read < tonumber(read) then return 0 end
  -- Unread entries that we took since; that counter sometimes restarts at 0 (inspect_queue.lua).
  local ours = one.unread < tonumber(unread) and one.unread or one.unread - unread
  return n - math.min(n, math.max(0, now.gone - gone - ours))
end

local function remember(one)
  local now = standing_of(one)
  if not now.gone then return end
  local stood = string.format('%s %.0f %.0f %.0f', run_of_redis(), now.read, now.gone, one.unread)
  if stood ~= one.stood then redis.call('HSET', taken, 'stood:' .. one.key, stood) end
end

local function settle_rest(one)
  local n = math.min(missing(one), -surplus)
  if n <= 0 then return end
  local done = acknowledged_of(one, n)
  for what, frames in pairs({ done = done, lost = n - done }) do
    if frames > 0 then
      settled(one, what, frames)
      if not dry then
        ended(ledger, 'unknown', what, frames)
        if what == 'done' then
          -- Their capture time is unknown: count them in the bucket of the longest times.
          add(done_by, one.processor .. ' ' .. BUCKETS, frames)
        end
      end
    end
  end
end

-- Whether our group has read all entries of the capture stream that were counted as captured. A group that was created again reads them
-- again, and unread frames have not vanished.
local function has_caught_up()
  local ours
  for _, reader in ipairs(groups_of(capture)) do
    if reader[2] == group then ours = reader[8] end
  end
  local unread = redis.pcall('XRANGE', capture, ours and '(' .. ours or '-', furthest, 'COUNT', 1)
  return unread.err or #unread == 0
end

if not dry and (surplus >= 0 or not many) then redis.call('HDEL', taken, 'walk') end
if surplus < 0 then
  if not many then
    settle_parts()
  elseif not walk_parts() then
    more = 1
  end
  for _, one in pairs(streams) do
    if more == 0 and surplus < 0 and missing(one) > 0 then settle_pending(one) end
  end
end
if surplus ~= 0 and more == 0 and has_caught_up() then
  for _, one in pairs(streams) do
    settle_rest(one)
    -- Missing since the walk began: the next walk looks for it.
    if walk and one.expected > one.length then more = 1 end
  end
  if surplus < 0 and more == 0 then
    note(capture, 'lost', -surplus)
    if not dry then ended(ledger, 'unknown', 'lost', -surplus) end
  elseif surplus > 0 then
    local where = ''
    for key, one in pairs(streams) do
      if one.length > one.expected then where = key end
    end
    note(where, 'captured', surplus)
    if not dry then captured(ledger, 'unknown', surplus, most_fields) end
  end
  if more == 0 then surplus = 0 end
end

local reply = { more }
for _, change in pairs(found) do
  for c = 1, 4 do reply[#reply + 1] = change[c] end
  -- The processor has acknowledged frames, as in sweep_queue.lua, but has deleted them itself.
  if not dry and change[3] == 'done' and change[2] ~= '' then circuit_succeeded(circuits, change[2]) end
  if by == 'reconcile' or (by == 'sweep' and change[3] ~= 'done') then
    redis.call('XADD', KEYS[7], 'MAXLEN', ARGV[4], '*', 'by', by, 'stream', change[1], 'processor', change[2], 'what', change[3],
      'frames', change[4])
  end
end
if dry or surplus ~= 0 or unverified > 0 then return reply end

-- Set the expected number of entries of each stream to the actual number.
for key, one in pairs(streams) do
  if one.expected ~= one.length then add(taken, 'left:' .. key, one.expected - one.length) end
  if not one.registered and one.length == 0 and key ~= returned and key ~= KEYS[8] then
    redis.call('HDEL', taken, 'handed:' .. key, 'left:' .. key)
  end
  if one.registered then remember(one) end
end
if whole then put_under_cameras(tonumber(ARGV[5]), there, streams) end
return reply
