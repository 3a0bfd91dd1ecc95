-- The ledger (docs/adr/0003-ledger.md), shared by all scripts that begin or end frames.
--
-- Fields of the ledger hash:
--   captured:CAMERA, done:CAMERA, dead:CAMERA, lost:CAMERA, shed.REASON:CAMERA  numbers of frames
--   cursor:CONSUMER  the last entry of the capture stream that this consumer has counted as captured; while others take over its frames,
--     'cursor:CONSUMER taken over'
--   counted_up_to  the start of a consumer without a cursor, after its group was created again
--   made_capture, made_returned  how often our group of that stream was created again
--   extra_parts  number of parts in flight beyond the number of frames   counted  frames counted as captured when read
--   trimmed  frames lost before our group read them; run, read_offset, read_correction belong to it
--   letters_dropped_number, letters_dropped_age  dead letters removed because of their number or age
-- The parts hash holds, for a frame with several capabilities, the number of outstanding parts, the ends so far, and the places of the
-- outstanding parts: '1 done dead@ID >STREAM=ENTRY', where ID is the dead letter while it exists. An ended frame stays ('0 …') while it has
-- a dead letter, because that part may be requeued.
-- The taken hash holds the number of entries that we added to a stream (handed:STREAM) and of those that we removed (left:STREAM). If fewer
-- entries exist, others have removed some. 'walk' is the position of a walk over the parts hash (reconcile_ledger.lua).

local RANK = { done = 1, shed = 2, dead = 3, lost = 4 }

local function expect(key, wanted)
  local found = redis.call('TYPE', key).ok
  if found ~= wanted and found ~= 'none' then
    return redis.error_reply('WRONGTYPE ' .. key .. ' is a ' .. found .. ', not a ' .. wanted)
  end
end

-- A corrupt counter must not block a frame; the ledger then does not balance.
local function add(ledger, field, n)
  redis.pcall('HINCRBY', ledger, field, n)
end

-- Counts dead letters that were removed because there were too many.
local function trimmed_letters(ledger, n)
  if n > 0 then add(ledger, 'letters_dropped_number', n) end
end

-- Counts frames as captured. Above the maximum number of fields, new cameras count together as camera "other".
local function captured(ledger, camera, n, most_fields)
  local field = 'captured:' .. camera
  if redis.call('HEXISTS', ledger, field) == 0 and redis.call('HLEN', ledger) >= most_fields then
    field = 'captured:other'
  end
  add(ledger, field, n)
end

-- The field of a consumer's cursor while another consumer takes over its frames.
local function aside(consumer)
  return 'cursor:' .. consumer .. ' taken over'
end

-- The last entry of the capture stream that is counted as captured for this consumer.
local function cursor_of(ledger, consumer)
  local known = redis.call('HMGET', ledger, 'cursor:' .. consumer, aside(consumer), 'counted_up_to')
  return known[1] or known[2] or known[3] or '0-0'
end

-- Number of pending entries of our group, and how many of them are behind their consumer's cursor: not yet counted as captured.
local function pending_and_uncounted(capture, group, ledger)
  local summary = redis.pcall('XPENDING', capture, group)
  if summary.err or summary[1] == 0 then return 0, 0 end
  local uncounted = 0
  for _, consumer in ipairs(summary[4]) do
    local cursor = cursor_of(ledger, consumer[1])
    uncounted = uncounted + #redis.call('XPENDING', capture, group, '(' .. cursor, '+', 1000000, consumer[1])
  end
  return summary[1], uncounted
end

local function ended(ledger, camera, outcome, n)
  if camera ~= 'unknown' and redis.call('HEXISTS', ledger, 'captured:' .. camera) == 0 then camera = 'other' end
  add(ledger, outcome .. ':' .. camera, n)
end

-- Reads the parts of a frame: the number outstanding (nil: the frame has one part, or has ended for good), the list of ends, and the list
-- of places of outstanding parts.
local function parts_of(parts, capture_id)
  local left, said = string.match(redis.call('HGET', parts, capture_id) or '', '^(%d+) ?(.*)$')
  local ends, places = {}, {}
  for one in string.gmatch(said or '', '%S+') do
    local list = string.byte(one) == 62 and places or ends
    list[#list + 1] = one
  end
  return tonumber(left), ends, places
end

-- Stores the parts, or deletes them when the frame has ended for good.
local function remember_parts(parts, capture_id, left, ends, places)
  local said = table.concat(ends, ' ')
  if left > 0 then
    for _, place in ipairs(places) do said = said == '' and place or said .. ' ' .. place end
  end
  if left > 0 or string.find(said, '@', 1, true) then
    redis.call('HSET', parts, capture_id, said == '' and left or left .. ' ' .. said)
  else
    redis.call('HDEL', parts, capture_id)
  end
end

-- The place of a part, as the parts hash stores it.
local function place_of(stream, entry)
  return '>' .. stream .. '=' .. entry
end

local function leave(places, place)
  for p, one in ipairs(places) do
    if one == place then return table.remove(places, p) end
  end
end

local function worst_of(ends)
  local worst, rank = 'done', 0
  for _, one in ipairs(ends) do
    local its = RANK[string.match(one, '^%a+')] or 0
    if its > rank then worst, rank = string.match(one, '^[^@]+'), its end
  end
  return worst
end

-- Ends one part of a frame ('dead@ID': as dead letter ID) at this place. The frame ends with its last part, with the worst outcome of its
-- parts. Returns whether the whole frame has ended without a dead letter: then nobody needs its pixels any more.
local function part_ended(keys, capture_id, camera, outcome, place)
  local left, ends, places = parts_of(keys.parts, capture_id)
  local letter = string.find(outcome .. table.concat(ends), '@', 1, true)
  if left and left > 0 then
    ends[#ends + 1] = outcome
    leave(places, place)
    remember_parts(keys.parts, capture_id, left - 1, ends, places)
    if left > 1 then
      add(keys.ledger, 'extra_parts', -1)
      return false
    end
    outcome = worst_of(ends)
  end
  ended(keys.ledger, camera, string.match(outcome, '^[^@]+'), 1)
  return not letter
end

-- Moves a frame or a part from one place to others, one for each new part. A whole frame from the capture stream that stays whole needs no
-- record.
local function went(keys, capture_id, from, to)
  local left, ends, places = parts_of(keys.parts, capture_id)
  if #to == 1 and not left then return end
  leave(places, from)
  for _, place in ipairs(to) do places[#places + 1] = place end
  remember_parts(keys.parts, capture_id, math.max(left or 1, 1) - 1 + #to, ends, places)
  if #to > 1 then add(keys.ledger, 'extra_parts', #to - 1) end
end

-- Upper bounds, in milliseconds, of the buckets of time from capture to acknowledgement; one more bucket lies above the last.
local BOUNDS = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000 }
local BUCKETS = #BOUNDS + 1

-- Records that a processor has acknowledged a frame that was captured at capture_id.
local function completed(hash, processor, capture_id)
  local now = redis.call('TIME')
  local captured_at = tonumber(string.match(capture_id, '^%d+')) or 0
  local took = math.max(0, now[1] * 1000 + math.floor(now[2] / 1000) - captured_at)
  local bucket = 1
  while BOUNDS[bucket] and took > BOUNDS[bucket] do bucket = bucket + 1 end
  add(hash, processor .. ' ' .. bucket, 1)
  add(hash, 'sum_ms', string.format('%.0f', took))
end
