-- Requeues dead letters: moves each to the returned stream and counts it as in flight again, in one step. Skips an id that is no longer a
-- dead letter. A call moves a bounded number of bytes, and at least one dead letter.
--
-- KEYS  1 dead letters   2 returned stream   3 ledger   4 parts   5 taken   6 accepted returns
-- ARGV  for each dead letter: id, capture id, camera, 'captured' (it came straight from the capture stream) or '', its history
-- Returns  for each dead letter that it came to r requeued, or g gone.

local dead, returned, ledger, parts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local wrong = expect(dead, 'stream') or expect(returned, 'stream') or expect(ledger, 'hash') or expect(parts, 'hash')
  or expect(KEYS[6], 'hash')
if wrong then return wrong end

local OURS = { dead_reason = 1, dead_detail = 1, dead_at = 1, dead_source = 1, dead_history = 1, attempt = 1, capture_id = 1,
  dead_counted = 1, handoff_signature = 1, return_kind = 1, return_detail = 1, retry_after_ms = 1, processor_id = 1 }
-- Fields of the producer with these names would be mistaken for ours.
local OURS_BUT_FOR_CAPTURED = { capability = 1, enqueued_at = 1 }

-- A frame that was never counted begins now.
local function begins(camera)
  local known = camera == 'unknown' or redis.call('HEXISTS', ledger, 'captured:' .. camera) == 1
  add(ledger, 'captured:' .. (known and camera or 'other'), 1)
end

-- Reverts the end of the frame in the ledger. If the ledger has no such end, because others wrote the dead letter, the frame begins now.
local function not_ended(camera, outcome)
  for _, where in ipairs({ camera, 'other' }) do
    if (tonumber(redis.call('HGET', ledger, outcome .. ':' .. where) or '') or 0) > 0 then
      add(ledger, outcome .. ':' .. where, -1)
      if where ~= camera and camera ~= 'unknown' then
        -- The camera had left the ledger, or was never in it. Now a frame of it is in flight and will count under its name.
        add(ledger, 'captured:other', -1)
        add(ledger, 'captured:' .. camera, 1)
      end
      return
    end
  end
  begins(camera)
end

local function begins_again(id, capture_id, camera, place)
  local left, ends, places = parts_of(parts, capture_id)
  local before, own = worst_of(ends), nil
  for i, one in ipairs(ends) do
    if one == 'dead@' .. id then own = i end
  end
  if own then table.remove(ends, own) end
  places[#places + 1] = place
  if left and left > 0 then
    remember_parts(parts, capture_id, left + 1, ends, places)
    add(ledger, 'extra_parts', 1)
  elseif own then
    remember_parts(parts, capture_id, 1, ends, places)
    not_ended(camera, before)
  else
    not_ended(camera, 'dead')
  end
end

local BYTES = 8 * 1024 * 1024
local outcomes, bytes = {}, 0
for a = 1, #ARGV, 5 do
  if bytes >= BYTES then break end
  local id, outcome = ARGV[a], 'g'
  local letter = redis.call('XRANGE', dead, id, id)[1]
  if letter then
    local frame, captured, counted = {}, ARGV[a + 3] == 'captured', true
    for f = 1, #letter[2], 2 do
      local name = letter[2][f]
      bytes = bytes + #name + #letter[2][f + 1]
      if name == 'dead_counted' and letter[2][f + 1] == 'false' then counted = false end
      if not OURS[name] and not (captured and OURS_BUT_FOR_CAPTURED[name]) then
        frame[#frame + 1] = name
        frame[#frame + 1] = letter[2][f + 1]
      end
    end
    for _, one in ipairs({ 'attempt', '1', 'capture_id', ARGV[a + 1], 'dead_history', ARGV[a + 4], 'return_kind', 'retry',
      'return_detail', 'handed off again after it was given up on' }) do
      frame[#frame + 1] = one
    end
    local added = redis.call('XADD', returned, '*', unpack(frame))
    redis.call('XDEL', dead, id)
    add(KEYS[5], 'handed:' .. returned, 1)
    redis.call('HSET', KEYS[6], added, 1)
    if counted then begins_again(id, ARGV[a + 1], ARGV[a + 2], place_of(returned, added)) else begins(ARGV[a + 2]) end
    outcome = 'r'
  end
  outcomes[#outcomes + 1] = outcome
end
return table.concat(outcomes)
