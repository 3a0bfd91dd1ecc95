-- What every script that begins or ends a frame's life has in common: the ledger (docs/adr/0003-ledger.md).
--
-- The ledger is a hash. Its fields: captured:CAMERA, done:CAMERA, dead:CAMERA, lost:CAMERA, shed.REASON:CAMERA;
-- cursor:CONSUMER, the last entry of the capture stream that this consumer has counted as captured;
-- counted_up_to, where a consumer begins that has no cursor, for its group was made anew;
-- made_capture and made_returned, how often our group of that stream was made anew;
-- extra_parts, how many more parts than frames are under way; counted, how many frames were counted as captured when they were read;
-- trimmed, how many frames our group has lost before it had read them, and run, read_offset, read_correction, which that needs;
-- letters_dropped_number and letters_dropped_age, how many dead letters were removed because there were too many or they were too old.
-- The parts hash holds, for a frame that was handed to several capabilities, how many parts are still owed, then the ends so far, then
-- where the others are: '1 done dead@ID >STREAM=ENTRY', where ID is that of the dead letter while it is kept. A frame that has ended
-- stays there ('0 …') as long as a dead letter of it is kept, for that part may begin again.
-- Beside it, in the hash of what was taken, stands how many entries we have put into a stream (handed:STREAM) and how many of those
-- have left it by a step of ours (left:STREAM): fewer there are entries that somebody else removed.

local RANK = { done = 1, shed = 2, dead = 3, lost = 4 }

local function expect(key, wanted)
  local found = redis.call('TYPE', key).ok
  if found ~= wanted and found ~= 'none' then
    return redis.error_reply('WRONGTYPE ' .. key .. ' is a ' .. found .. ', not a ' .. wanted)
  end
end

-- A counter that somebody else has spoilt must not stop a frame: the ledger then shows that it does not balance.
local function add(ledger, field, n)
  redis.pcall('HINCRBY', ledger, field, n)
end

-- So many dead letters were removed because there were too many.
local function trimmed_letters(ledger, n)
  if n > 0 then add(ledger, 'letters_dropped_number', n) end
end

-- Counts frames as captured; past the limit of cameras they are counted together, as of camera "other".
local function captured(ledger, camera, n, most_fields)
  local field = 'captured:' .. camera
  if redis.call('HEXISTS', ledger, field) == 0 and redis.call('HLEN', ledger) >= most_fields then
    field = 'captured:other'
  end
  add(ledger, field, n)
end

-- The last entry of the capture stream that this consumer has counted as captured, or somebody for it.
local function cursor_of(ledger, consumer)
  return redis.call('HGET', ledger, 'cursor:' .. consumer) or redis.call('HGET', ledger, 'counted_up_to') or '0-0'
end

-- Entries that are pending in our group, and how many of them are not counted as captured yet: those behind their consumer's cursor.
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

-- Of a frame with several parts: how many are owed (nil: it has not several parts, or is over for good), a list of the ends, and one of
-- the places of parts that are owed.
local function parts_of(parts, capture_id)
  local left, said = string.match(redis.call('HGET', parts, capture_id) or '', '^(%d+) ?(.*)$')
  local ends, places = {}, {}
  for one in string.gmatch(said or '', '%S+') do
    local list = string.byte(one) == 62 and places or ends
    list[#list + 1] = one
  end
  return tonumber(left), ends, places
end

-- Remembers them, or forgets them when nothing of the frame can happen any more.
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

-- Where a part is, as it is remembered.
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

-- One part of a frame has ended ('dead@ID': as the dead letter ID), and left this place. The frame ends with its last part, as its worst
-- part did.
local function part_ended(keys, capture_id, camera, outcome, place)
  local left, ends, places = parts_of(keys.parts, capture_id)
  if left and left > 0 then
    ends[#ends + 1] = outcome
    leave(places, place)
    remember_parts(keys.parts, capture_id, left - 1, ends, places)
    if left > 1 then
      add(keys.ledger, 'extra_parts', -1)
      return
    end
    outcome = worst_of(ends)
  end
  ended(keys.ledger, camera, string.match(outcome, '^[^@]+'), 1)
end

-- A frame, or a part of one, went from one place to others: it has become so many parts. One that comes from the capture stream whole
-- and stays whole has nothing to remember.
local function went(keys, capture_id, from, to)
  local left, ends, places = parts_of(keys.parts, capture_id)
  if #to == 1 and not left then return end
  leave(places, from)
  for _, place in ipairs(to) do places[#places + 1] = place end
  remember_parts(keys.parts, capture_id, math.max(left or 1, 1) - 1 + #to, ends, places)
  if #to > 1 then add(keys.ledger, 'extra_parts', #to - 1) end
end

-- Upper bounds, in milliseconds, of the time from capture to acknowledgement; above the last lies one bucket more.
local BOUNDS = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000 }
local BUCKETS = #BOUNDS + 1

-- A processor has acknowledged a frame that was captured at capture_id.
local function completed(hash, processor, capture_id)
  local now = redis.call('TIME')
  local captured_at = tonumber(string.match(capture_id, '^%d+')) or 0
  local took = math.max(0, now[1] * 1000 + math.floor(now[2] / 1000) - captured_at)
  local bucket = 1
  while BOUNDS[bucket] and took > BOUNDS[bucket] do bucket = bucket + 1 end
  add(hash, processor .. ' ' .. bucket, 1)
  add(hash, 'sum_ms', string.format('%.0f', took))
end
