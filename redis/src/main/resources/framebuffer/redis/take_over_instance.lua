-- Takes over frames of a silent instance, in steps of a bounded size: its pending entries in the capture stream and the returned stream
-- become pending for the taker. The first step sets the silent instance's cursor aside, so that its hand-offs are fenced (hand_off.lua)
-- and it begins again if it resumes. An entry that an instance has read and not counted is counted as captured before it changes hands, so
-- the ledger balances after each step, and any instance may go on after a step that was the last one of a taker.
--
-- KEYS  1 capture stream   2 returned stream   3 ledger   4 parts   5 instances   6 waiting
--       7 accepted returns
-- ARGV  1 group   2 silent instance   3 taker   4 its last announcement, as the taker saw it   5 maximum number of fields in the ledger
--       6 maximum number of entries in this step, at least 1
-- Returns  number of frames taken over, and how many are lost because they were deleted; 1 if all are taken over and the instance is
--          removed, else 0; -1 as the first number if the silent instance has announced itself since, or another instance was faster.

local capture, returned, ledger, parts, instances = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local group, silent, taker, most_fields, budget = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[6])
local MOST_BYTES = 4000000

local wrong = expect(ledger, 'hash') or expect(parts, 'hash') or expect(instances, 'hash') or expect(KEYS[6], 'hash')
if wrong then return wrong end
if (redis.call('HGET', instances, silent) or '') ~= ARGV[4] then return { -1, 0, 0 } end

local cursor = redis.call('HGET', ledger, 'cursor:' .. silent)
if cursor then
  redis.call('HSET', ledger, aside(silent), cursor)
  redis.call('HDEL', ledger, 'cursor:' .. silent)
end

-- A frame with a missing or invalid camera counts as in the orchestrator: a name is text of 1 to 256 characters. Also returns the size.
local function camera_of(entry)
  local found = redis.call('XRANGE', capture, entry, entry)[1]
  local camera, bytes = nil, 0
  for f = 1, found and #found[2] or 0, 2 do
    if found[2][f] == 'camera_id' then camera = found[2][f + 1] end
    bytes = bytes + #found[2][f + 1]
  end
  local _, characters = string.gsub(camera or '', '[^\128-\191]', '')
  return characters >= 1 and characters <= 256 and camera or 'unknown', bytes
end

-- Counts entries that the consumer has read and not counted, the oldest first. Returns whether none is left.
local function count(consumer, field)
  local some = redis.call('XPENDING', capture, group, '(' .. cursor_of(ledger, consumer), '+', budget, consumer)
  local cameras, bytes, counted = {}, 0, 0
  while counted < #some and bytes < MOST_BYTES do
    counted = counted + 1
    local camera, size = camera_of(some[counted][1])
    cameras[camera] = (cameras[camera] or 0) + 1
    bytes = bytes + size
  end
  for camera, n in pairs(cameras) do captured(ledger, camera, n, most_fields) end
  if counted > 0 then
    add(ledger, 'counted', counted)
    redis.call('HSET', ledger, field, some[counted][1])
  end
  budget = budget - counted
  return counted == #some and budget > 0
end

local function delivered_in(stream)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  for _, one in ipairs(groups.err and {} or groups) do
    if one[2] == group then return one[8] end
  end
end

-- Moves the taker's cursor beyond an entry, so that it does not count the entry again. Returns false if the step has no budget for that.
local function cursor_passes(entry, delivered)
  if not less(cursor_of(ledger, taker), entry) then return true end
  if not count(taker, 'cursor:' .. taker) then return false end
  redis.call('HSET', ledger, 'cursor:' .. taker, less(delivered, entry) and entry or delivered)
  return true
end

-- Claims the oldest entries. XCLAIM silently drops pending entries that no longer exist: these frames are lost. Returns whether none is left.
local taken, gone = 0, 0
local function claim(stream, delivered)
  local most = budget
  local pending = redis.call('XPENDING', stream, group, '-', '+', most, silent)
  if #pending == 0 then return true end
  if stream == capture and not cursor_passes(pending[#pending][1], delivered) then return false end
  for i = 1, #pending, 1000 do
    local ids = {}
    for j = i, math.min(i + 999, #pending) do ids[#ids + 1] = pending[j][1] end
    local there = {}
    local arguments = { group, taker, 0, unpack(ids) }
    arguments[#arguments + 1] = 'JUSTID'
    for _, id in ipairs(redis.call('XCLAIM', stream, unpack(arguments))) do there[id] = true end
    for _, id in ipairs(ids) do
      if there[id] then
        taken = taken + 1
      else
        gone = gone + 1
        if stream == capture or redis.call('HDEL', KEYS[7], id) == 1 then
          part_ended({ ledger = ledger, parts = parts }, id, 'unknown', 'lost', place_of(stream, id))
        end
      end
    end
  end
  budget = budget - #pending
  return #pending < most
end

local in_capture, in_returned = delivered_in(capture), delivered_in(returned)
local complete = (not in_capture or (count(silent, aside(silent)) and claim(capture, in_capture)))
  and (not in_returned or (budget > 0 and claim(returned, in_returned)))
if complete then
  if in_capture then redis.call('XGROUP', 'DELCONSUMER', capture, group, silent) end
  if in_returned then redis.call('XGROUP', 'DELCONSUMER', returned, group, silent) end
  redis.call('HDEL', ledger, 'cursor:' .. silent, aside(silent))
  redis.call('HDEL', instances, silent)
  redis.call('HDEL', KEYS[6], silent)
end
return { taken, gone, complete and 1 or 0 }
