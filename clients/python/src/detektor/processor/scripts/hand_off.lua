-- The hand-off: a batch of frames leaves its source stream and enters work queues, or the dead letters, in one step
-- (docs/adr/0002-hand-off.md). Everything is looked at before anything is written; then a frame is appended only if
-- acknowledging its source entry returned 1, so that of all who hold it exactly one hands it off.
--
-- KEYS  1 source stream   2 ledger   3 parts   4 returned stream   5 dead letters   6 shed frames   7 taken   8 suspects
--       9 circuits   10 shares   11 deferred   12 when they are due   13 by which clock   14… work queues
-- ARGV  1 group of the source, where it has one of ours   2 what the source is: 'capture', 'returned' or 'queue' (a work queue)
--       3 most fields in the ledger   4 most dead letters   5 most shed frames kept
--       6 '1': one of the moves is 'deferred', below
--       7 capacities of the queues, one value each, from here on
--       then: consumer, its cursor as the caller knows it, its cursor from now on, number of counts, (camera, count)…
--         frames newly read from the capture stream; if its cursor is another, the caller is fenced: nothing happens
--       then moves to the end:
--         entry id, capture id, camera, kind ('queue'; 'suspect': the same, where no other suspect frame is; 'after ENTRY': the
--         same, unless that entry of the source is still pending, or a frame of the same camera earlier in this batch was refused:
--         neither must be overtaken; 'deferred MILLISECONDS': it may not go yet; or an end: 'dead', 'lost', 'shed.REASON'), the processor that failed with it ('': none), number
--         of targets,
--         and for each target: queue (index, or 0: kept among the dead letters, the shed or the deferred frames), number of values, field,
--         value, …
-- Returns  one letter per move: h handed off, g gone (somebody else did), f full, c closed (a target is no stream);
--          then the room left in each queue, -1 where the key is no stream.

local source, ledger, parts, returned, dead, shed = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local taken, suspects, circuits, shares, FIXED = KEYS[7], KEYS[8], KEYS[9], KEYS[10], 13
local deferred, due, clock = KEYS[11], KEYS[12], KEYS[13]
local keys = { ledger = ledger, parts = parts }
local group, from_capture, from_queue = ARGV[1], ARGV[2] == 'capture', ARGV[2] == 'queue'
local most_fields, most_dead, most_shed = tonumber(ARGV[3]), ARGV[4], ARGV[5]
local deferring, queues = ARGV[6] == '1', #KEYS - FIXED

local wrong = lacks(ledger, 'HSET HINCRBY') or lacks(returned, 'XADD') or lacks(source, 'XACK XDEL')
  or (KEYS[FIXED + 1] and lacks(KEYS[FIXED + 1], 'XADD'))
  or expect(source, 'stream') or expect(ledger, 'hash') or expect(parts, 'hash') or expect(returned, 'stream')
  or expect(dead, 'stream') or expect(shed, 'stream') or expect(taken, 'hash') or expect(suspects, 'hash')
  or expect(shares, 'hash')
  or (deferring and (lacks(deferred, 'XADD XDEL') or lacks(due, 'ZADD') or expect(deferred, 'stream')
    or expect(due, 'zset') or expect(clock, 'hash')))
if wrong then return wrong end

local a = 7 + queues
local consumer, known_cursor, cursor, counts = ARGV[a], ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3])
a = a + 4
if cursor ~= '' and redis.call('HGET', ledger, 'cursor:' .. consumer) ~= known_cursor then
  return redis.error_reply('FENCED what was pending for ' .. consumer .. ' has been taken over meanwhile')
end

-- Where the source is one of the queues, a frame that is taken from it leaves the place there that it would take.
local room, own, over = {}, nil, 0
local capacities = {}
for q = 1, queues do capacities[q] = tonumber(ARGV[6 + q]) end
share(shares, FIXED + 1, capacities)
for q = 1, queues do
  local capacity = capacities[q]
  room[q] = room_of(KEYS[FIXED + q], capacity)
  if KEYS[FIXED + q] == source then
    -- How many are there beyond its capacity, which may have become less.
    own, over = q, math.max(0, (outstanding(source) or 0) - capacity)
  end
end

-- Whether a frame that may have ended its processor is in this queue: two of them together would both be blamed again.
local function holds_suspect(q, but)
  local id = redis.call('HGET', suspects, KEYS[FIXED + q])
  if not id or (q == own and id == but) then return false end
  if redis.call('XREVRANGE', KEYS[FIXED + q], id, id, 'COUNT', 1)[1] then return true end
  redis.call('HDEL', suspects, KEYS[FIXED + q])
  return false
end

-- Why the frame cannot go ('f' a queue is full, 'c' a key is no stream), or nil; and where its targets end in ARGV.
-- A frame may need one queue twice, for two capabilities of one processor.
local function refusal(entry, first, targets, suspect)
  local at, refused, places = first, nil, {}
  for _ = 1, targets do
    local q, values = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    if q > 0 then
      places[q] = (places[q] or 0) + 1
      if room[q] < 0 then
        refused = 'c'
      elseif room[q] + (q == own and 1 or 0) < places[q] or (suspect and holds_suspect(q, entry)) then
        refused = refused or 'f'
      end
    end
    at = at + 2 + values
  end
  return refused, at
end

-- How many entered each queue, and how many left the source.
local handed, left = {}, 0

-- Returns  the id of the entry in the queue, if it could be appended; and where the frame is now.
local function append(q, first, last)
  if room[q] == 0 then over = over + 1 else room[q] = room[q] - 1 end
  local added = redis.pcall('XADD', KEYS[FIXED + q], '*', unpack(ARGV, first, last))
  if type(added) ~= 'table' then
    handed[q] = (handed[q] or 0) + 1
  else
    -- Only a stream whose ids are used up gets here. The frame goes back to be handed off elsewhere.
    room[q] = -1
    local again = { unpack(ARGV, first, last) }
    again[#again + 1] = 'return_kind'
    again[#again + 1] = 'retry'
    add(taken, 'handed:' .. returned, 1)
    return nil, place_of(returned, redis.call('XADD', returned, '*', unpack(again)))
  end
  return added, place_of(KEYS[FIXED + q], added)
end

-- Several groups may read a work queue. What is pending in one of them after its entry was deleted would hold room for ever, so a
-- frame that is taken from there is taken from all of them. One that a group has acknowledged is done, and not taken.
local groups = {}
if from_queue then
  local found = redis.pcall('XINFO', 'GROUPS', source)
  groups = found.err and {} or found
end

-- Whether every group of the work queue owes it: was not given it yet, or has not acknowledged it; and whether any was given it.
-- Whether one that none was given is there at all is not looked at: it may be large. Of one that is done, nobody owes anything more.
local function owed(entry)
  local holding, done = {}, false
  for _, one in ipairs(groups) do
    if not less(one[8], entry) then
      if #redis.call('XPENDING', source, one[2], entry, entry, 1) > 0 then
        holding[#holding + 1] = one[2]
      else
        done = true
      end
    end
  end
  if done then
    for _, name in ipairs(holding) do redis.call('XACK', source, name, entry) end
  end
  return not done, holding
end

local function take(entry)
  if not from_queue then
    if redis.call('XACK', source, group, entry) == 0 then return false end
    left = left + 1
    return true
  end
  local still, holding = owed(entry)
  if not still then return false end
  for _, name in ipairs(holding) do redis.call('XACK', source, name, entry) end
  local deleted, given = redis.call('XDEL', source, entry), #holding > 0
  if not given and deleted == 0 then return false end
  left = left + 1
  redis.call('HINCRBY', taken, given and source or 'unread:' .. source, 1)
  if given then redis.call('HINCRBY', taken, 'released:' .. source, #holding) end
  if own and over > 0 then
    over = over - 1
  elseif own and room[own] >= 0 then
    room[own] = room[own] + 1
  end
  return true
end

-- The frame enters its queues, which have room for it.
local function hand_over(entry, capture_id, first, targets, suspect)
  if not take(entry) then return 'g' end
  local at, places = first, {}
  for t = 1, targets do
    local q, values = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    local added
    added, places[t] = append(q, at + 2, at + 1 + values)
    if suspect and added then redis.call('HSET', suspects, KEYS[FIXED + q], added) end
    at = at + 2 + values
  end
  if targets > 1 or not from_capture then went(keys, capture_id, place_of(source, entry), places) end
  return 'h'
end

-- Whether the entry is still to be taken, by anybody.
local function waits(entry)
  if from_queue then return owed(entry) end
  local pending = redis.pcall('XPENDING', source, group, entry, entry, 1)
  return not pending.err and #pending > 0
end

-- The frame may not go yet. It is in nobody's hands then, and release_deferred.lua brings it back.
local function defer(entry, capture_id, wait, first)
  if not waits(entry) then return 'g' end
  local added = redis.pcall('XADD', deferred, '*', unpack(ARGV, first + 2, first + 1 + tonumber(ARGV[first + 1])))
  if type(added) == 'table' then return 'c' end
  if not take(entry) then
    redis.call('XDEL', deferred, added)
    return 'g'
  end
  add(taken, 'handed:' .. deferred, 1)
  went(keys, capture_id, place_of(source, entry), { place_of(deferred, added) })
  if not from_queue then wait = math.max(0, wait - math.max(0, server_ms() - tonumber(string.match(entry, '^%d+')))) end
  redis.call('ZADD', due, string.format('%.0f', steady_ms(clock) + wait), added)
  return 'h'
end

-- The frame ends. What is kept of it is written first: where that stream's ids are used up, nothing happens.
local function give_up(entry, capture_id, camera, kind, first, targets)
  if not waits(entry) then return 'g' end
  local log, most = dead, most_dead
  if kind ~= 'dead' then log, most = shed, most_shed end
  local added, kept = nil, kind == 'dead' and redis.call('XLEN', dead) or 0
  if targets > 0 then
    added = redis.pcall('XADD', log, 'MAXLEN', '~', most, '*',
      unpack(ARGV, first + 2, first + 1 + tonumber(ARGV[first + 1])))
    if type(added) == 'table' then return 'c' end
    if kind == 'dead' then trimmed_letters(ledger, kept + 1 - redis.call('XLEN', dead)) end
  end
  if not take(entry) then
    if added then redis.call('XDEL', log, added) end
    return 'g'
  end
  part_ended(keys, capture_id, camera, kind == 'dead' and added and 'dead@' .. added or kind,
    place_of(source, entry))
  return 'h'
end

-- Whether an entry of the source is still pending; of each it is found out once.
local pending = {}
local function still_pending(entry)
  if pending[entry] == nil then pending[entry] = #redis.call('XPENDING', source, group, entry, entry, 1) > 0 end
  return pending[entry]
end

local counted = 0
for _ = 1, counts do
  captured(ledger, ARGV[a], ARGV[a + 1], most_fields)
  counted = counted + ARGV[a + 1]
  a = a + 2
end
if counted > 0 then add(ledger, 'counted', counted) end
if cursor ~= '' then redis.call('HSET', ledger, 'cursor:' .. consumer, cursor) end

local outcomes, gone_from_source, left_behind = {}, {}, {}
while a <= #ARGV do
  local entry, capture_id, camera, kind, blamed = unpack(ARGV, a, a + 4)
  local targets, first = tonumber(ARGV[a + 5]), a + 6
  local refused, after = refusal(entry, first, targets, kind == 'suspect')
  local outcome
  if refused then
    outcome = refused
  elseif kind == 'queue' or kind == 'suspect' then
    outcome = hand_over(entry, capture_id, first, targets, kind == 'suspect')
  elseif string.sub(kind, 1, 6) == 'after ' then
    local waits = left_behind[camera] or still_pending(string.sub(kind, 7))
    outcome = waits and 'f' or hand_over(entry, capture_id, first, targets)
  elseif string.sub(kind, 1, 9) == 'deferred ' then
    outcome = defer(entry, capture_id, tonumber(string.sub(kind, 10)), first)
  else
    outcome = give_up(entry, capture_id, camera, kind, first, targets)
  end
  if outcome == 'h' then
    gone_from_source[#gone_from_source + 1] = entry
    if blamed ~= '' then circuit_failed(circuits, blamed, entry) end
  elseif outcome ~= 'g' then
    left_behind[camera] = true
  end
  outcomes[#outcomes + 1] = outcome
  a = after
end

-- Others may read the capture stream too: then the entry stays until all have read it.
if not from_queue and #gone_from_source > 0 and (not from_capture or #redis.call('XINFO', 'GROUPS', source) == 1) then
  for i = 1, #gone_from_source, 1000 do
    redis.call('XDEL', source, unpack(gone_from_source, i, math.min(i + 999, #gone_from_source)))
  end
end

for q, n in pairs(handed) do add(taken, 'handed:' .. KEYS[FIXED + q], n) end
if left > 0 and not from_capture then add(taken, 'left:' .. source, left) end

local reply = { table.concat(outcomes) }
for q = 1, queues do reply[q + 1] = room[q] end
return reply
