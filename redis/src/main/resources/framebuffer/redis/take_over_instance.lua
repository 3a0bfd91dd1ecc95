-- Takes over the frames of a silent instance: its pending entries in the capture stream and the returned stream become pending for the
-- taker. Entries that either has read and not counted are counted as captured, so that both cursors can move to the position of the group.
-- A hand-off with an older cursor is fenced (hand_off.lua).
--
-- KEYS  1 capture stream   2 returned stream   3 ledger   4 parts   5 instances   6 waiting
-- ARGV  1 group   2 silent instance   3 taker   4 its last announcement, as the taker saw it   5 maximum number of fields in the ledger
-- Returns  number of frames taken over, and how many of them are lost because they were deleted; -1 if the silent instance has
--          announced itself since, or another instance was faster.

local capture, returned, ledger, parts, instances = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local group, silent, taker, most_fields = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[5])

local wrong = expect(ledger, 'hash') or expect(parts, 'hash') or expect(instances, 'hash') or expect(KEYS[6], 'hash')
if wrong then return wrong end
if (redis.call('HGET', instances, silent) or '') ~= ARGV[4] then return { -1, 0 } end

-- A frame with a missing or invalid camera counts as in the orchestrator: a name is text of 1 to 256 characters.
local function camera_of(entry)
  local found = redis.call('XRANGE', capture, entry, entry)[1]
  local camera
  for f = 1, found and #found[2] or 0, 2 do
    if found[2][f] == 'camera_id' then camera = found[2][f + 1] end
  end
  local _, characters = string.gsub(camera or '', '[^\128-\191]', '')
  return characters >= 1 and characters <= 256 and camera or 'unknown'
end

local function count(consumer, delivered)
  local field = 'cursor:' .. consumer
  local cursor = cursor_of(ledger, consumer)
  local cameras, counted = {}, 0
  for _, one in ipairs(redis.call('XPENDING', capture, group, '(' .. cursor, '+', 1000000, consumer)) do
    local camera = camera_of(one[1])
    cameras[camera] = (cameras[camera] or 0) + 1
    counted = counted + 1
  end
  for camera, n in pairs(cameras) do captured(ledger, camera, n, most_fields) end
  if counted > 0 then add(ledger, 'counted', counted) end
  redis.call('HSET', ledger, field, delivered)
end

local function delivered_in(stream)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  for _, one in ipairs(groups.err and {} or groups) do
    if one[2] == group then return one[8] end
  end
end

-- XCLAIM silently drops pending entries that no longer exist: these frames are lost.
local function claim(stream)
  local claimed, lost = 0, 0
  local pending = redis.call('XPENDING', stream, group, '-', '+', 1000000, silent)
  for i = 1, #pending, 1000 do
    local ids = {}
    for j = i, math.min(i + 999, #pending) do ids[#ids + 1] = pending[j][1] end
    local call = { 'XCLAIM', stream, group, taker, 0, unpack(ids) }
    call[#call + 1] = 'JUSTID'
    local there = {}
    for _, id in ipairs(redis.call(unpack(call))) do there[id] = true end
    for _, id in ipairs(ids) do
      if there[id] then
        claimed = claimed + 1
      else
        lost = lost + 1
        part_ended({ ledger = ledger, parts = parts }, id, 'unknown', 'lost', place_of(stream, id))
      end
    end
  end
  redis.call('XGROUP', 'DELCONSUMER', stream, group, silent)
  return claimed, lost
end

local taken, gone = 0, 0
local delivered = delivered_in(capture)
if delivered then
  count(silent, delivered)
  count(taker, delivered)
end
for _, stream in ipairs({ capture, returned }) do
  if delivered_in(stream) then
    local claimed, lost = claim(stream)
    taken = taken + claimed
    gone = gone + lost
  end
end
redis.call('HDEL', ledger, 'cursor:' .. silent)
redis.call('HDEL', instances, silent)
redis.call('HDEL', KEYS[6], silent)
return { taken, gone }
