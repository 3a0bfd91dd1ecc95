-- Hands off a batch of frames: moves each from its source stream to work queues, or to its end, in one step (docs/adr/0002-hand-off.md).
-- All checks precede the first write. A frame is appended only if acknowledging its source entry returned 1, so that exactly one of its
-- holders hands it off.
--
-- KEYS  1 source stream   2 ledger   3 parts   4 returned stream   5 dead letters   6 shed frames   7 taken   8 suspects
--       9 circuits   10 shares   11 deferred   12 due times (sorted set)   13 clock   14 accepted returns   15… work queues
-- ARGV  1 our group of the source, if it has one   2 kind of the source: 'capture', 'returned' or 'queue' (a work queue)
--       3 maximum number of fields in the ledger   4 maximum number of dead letters   5 maximum number of shed frames
--       6 '1': at least one move is 'deferred'
--       7… capacities of the queues, one value each
--       then: consumer, its cursor as the caller knows it, its new cursor, number of counts, (camera, count)…: the frames newly read
--         from the capture stream. If the cursor is another, the caller is fenced and nothing happens.
--       then moves to the end:
--         entry id, capture id, camera, kind (see below), the processor that failed with the frame ('': none), number of targets,
--         and for each target: queue (index; 0: the dead letters, the shed or the deferred frames), number of values, field, value, …
-- Kinds  'queue': to work queues   'suspect': the same, but only to queues without another suspect frame
--        'after ENTRY': the same as 'queue', unless ENTRY of the source is still pending, or a frame of the same camera was refused
--        earlier in this batch: the frame must not overtake either   'deferred MILLISECONDS': the frame must wait
--        'dead', 'lost', 'shed.REASON': the frame ends
-- Returns  one letter per move: h handed off, g gone (another caller moved it), f full, c closed (a target is not a stream);
--          then the room left in each queue, -1 where the key is not a stream.

local source, ledger, parts, returned, dead, shed = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local taken, suspects, circuits, shares, FIXED = KEYS[7], KEYS[8], KEYS[9], KEYS[10], 14
local deferred, due, clock, accepted = KEYS[11], KEYS[12], KEYS[13], KEYS[14]
local keys = { ledger = ledger, parts = parts }
local group, from_capture, from_queue, from_returned = ARGV[1], ARGV[2] == 'capture', ARGV[2] == 'queue', ARGV[2] == 'returned'
local most_fields, most_dead, most_shed = tonumber(ARGV[3]), ARGV[4], ARGV[5]
local deferring, queues = ARGV[6] == '1', #KEYS - FIXED

local wrong = lacks(ledger, 'HSET HINCRBY') or lacks(returned, 'XADD') or lacks(source, 'XACK XDEL XPENDING')
  or (KEYS[FIXED + 1] and lacks(KEYS[FIXED + 1], 'XADD'))
  or expect(source, 'stream') or expect(ledger, 'hash') or expect(parts, 'hash') or expect(returned, 'stream')
  or expect(dead, 'stream') or expect(shed, 'stream') or expect(taken, 'hash') or expect(suspects, 'hash')
  or expect(shares, 'hash') or expect(accepted, 'hash') or lacks(accepted, 'HSET HDEL')
  or (deferring and (lacks(deferred, 'XADD XDEL') or lacks(due, 'ZADD') or expect(deferred, 'stream')
    or expect(due, 'zset') or expect(clock, 'hash')))
if wrong then return wrong end

local a = 7 + queues
local consumer, known_cursor, cursor, counts = ARGV[a], ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3])
a = a + 4
if cursor ~= '' and redis.call('HGET', ledger, 'cursor:' .. consumer) ~= known_cursor then
  return redis.error_reply('FENCED what was pending for ' .. consumer .. ' has been taken over meanwhile')
end

-- If the source is one of the target queues, a frame taken from it frees a place there.
local room, own, over = {}, nil, 0
local capacities = {}
for q = 1, queues do capacities[q] = tonumber(ARGV[6 + q]) end
share(shares, FIXED + 1, capacities)
for q = 1, queues do
  local capacity = capacities[q]
  room[q] = room_of(KEYS[FIXED + q], capacity)
  if KEYS[FIXED + q] == source then
    -- The number of frames above its capacity, which may have decreased.
    own, over = q, math.max(0, (outstanding(source) or 0) - capacity)
  end
end

-- Whether the queue holds a frame that may have crashed its processor: two such frames together would both be blamed again.
local function holds_suspect(q, but)
  local id = redis.call('HGET', suspects, KEYS[FIXED + q])
  if not id or (q == own and id == but) then return false end
  if redis.call('XREVRANGE', KEYS[FIXED + q], id, id, 'COUNT', 1)[1] then return true end
  redis.call('HDEL', suspects, KEYS[FIXED + q])
  return false
end

-- Returns the reason why the frame cannot go ('f' a queue is full, 'c' a key is not a stream) or nil, and the index in ARGV after its
-- targets. A frame may need two places in one queue, for two capabilities of one processor.
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

-- How many entries entered each queue, and how many left the source.
local handed, left = {}, 0

-- Returns the id of the entry in the queue, if it could be appended, and the new place of the frame.
local function append(q, first, last)
  if room[q] == 0 then over = over + 1 else room[q] = room[q] - 1 end
  local added = redis.pcall('XADD', KEYS[FIXED + q], '*', unpack(ARGV, first, last))
  if type(added) ~= 'table' then
    handed[q] = (handed[q] or 0) + 1
  else
    -- This happens only if the ids of the stream are used up. The frame returns, to be handed off to another processor.
    room[q] = -1
    local again = { unpack(ARGV, first, last) }
    again[#again + 1] = 'return_kind'
    again[#again + 1] = 'retry'
    add(taken, 'handed:' .. returned, 1)
    local back = redis.call('XADD', returned, '*', unpack(again))
    redis.call('HSET', accepted, back, 1)
    return nil, place_of(returned, back)
  end
  return added, place_of(KEYS[FIXED + q], added)
end

-- Several groups may read a work queue. A pending entry of a deleted frame would occupy room forever, so a frame is taken from all groups.
-- A frame that a group has acknowledged is done and is not taken.
local groups = {}
if from_queue then
  local found = redis.pcall('XINFO', 'GROUPS', source)
  groups = found.err and {} or found
end

-- Returns whether every group of the work queue owes the entry (it has not received it, or not acknowledged it), and the groups that hold
-- it. Does not check that an undelivered entry exists, because it may be large. A done entry is acknowledged in all groups.
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

-- Returns whether the frame could be taken, and whether the ledger counts it: a returned frame only if it was handed off before
-- (accept_returned.lua).
local function take(entry)
  if not from_queue then
    if redis.call('XACK', source, group, entry) == 0 then return false end
    local counts = not from_returned or redis.call('HDEL', accepted, entry) == 1
    if counts then left = left + 1 end
    return true, counts
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
  return true, true
end

-- Appends the frame to its queues, which have room for it.
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

-- Whether the entry can still be taken.
local function waits(entry)
  if from_queue then return owed(entry) end
  local pending = redis.pcall('XPENDING', source, group, entry, entry, 1)
  return not pending.err and #pending > 0
end

-- Defers the frame. No processor owns it until release_deferred.lua returns it.
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

-- Ends the frame. The record of the frame is written first: if the ids of that stream are used up, nothing happens.
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
  local taken_now, counts = take(entry)
  if not taken_now then
    if added then redis.call('XDEL', log, added) end
    return 'g'
  end
  if not counts then return 'h' end
  part_ended(keys, capture_id, camera, kind == 'dead' and added and 'dead@' .. added or kind,
    place_of(source, entry))
  return 'h'
end

-- Whether an entry of the source is still pending; looked up only once for each entry.
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

-- If other groups read the capture stream too, the entry stays until all have read it.
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
