-- Removes cameras that have sent nothing for a long time. A call inspects a bounded number of cameras.
--
-- KEYS  1 ledger   2 cameras seen (hash: camera, entry id of its newest frame)
-- ARGV  1 silence in milliseconds after which a camera leaves   2 approximate number of fields to inspect   3 maximum number of cameras
--       4 position in the ledger, 5 position among the cameras seen ('0': the beginning)   6… all outcomes of a frame
-- Returns  the number of cameras removed, and the next positions in the ledger and among the cameras seen.

local ledger, seen = KEYS[1], KEYS[2]
local wrong = expect(ledger, 'hash') or expect(seen, 'hash')
if wrong then return wrong end
local outcomes = { unpack(ARGV, 6) }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = 0

-- A producer may choose its own ids: an id that is not a time (before 2001) says nothing, so its camera stays.
local A_TIME, A_DAY = 1000000000000, 86400000
local function silent(at, newest)
  return newest == '0-1' or (at >= A_TIME and at < now - ARGV[1])
end

-- '0-MS': the ledger has counted the camera, but no frame was seen since then, for example after a move to another partition. It is not
-- listed.
local function look(camera, newest)
  if not is_a_camera(camera) then return end
  local at = newest and tonumber(string.match(newest, '^0%-(%d%d+)$') or string.match(newest, '^(%d+)%-%d+$') or '')
  if not newest then
    if redis.call('HLEN', seen) < tonumber(ARGV[3]) then
      redis.call('HSET', seen, camera, string.format('0-%.0f', now))
    end
  elseif not at or at > now + A_DAY then
    -- An id in the future, or no id: the camera counts as seen now.
    redis.call('HSET', seen, camera, string.format('%.0f-0', now))
  elseif silent(at, newest) and fold(ledger, camera, outcomes) == 0 then
    redis.call('HDEL', seen, camera)
    gone = gone + 1
  end
end

local counted = redis.call('HSCAN', ledger, ARGV[4], 'COUNT', ARGV[2])
for i = 1, #counted[2], 2 do
  local camera = string.match(counted[2][i], '^captured:(.*)$')
  if camera then look(camera, redis.call('HGET', seen, camera)) end
end
local known = redis.call('HSCAN', seen, ARGV[5], 'COUNT', ARGV[2])
for i = 1, #known[2], 2 do look(known[2][i], known[2][i + 1]) end
return { gone, counted[1], known[1] }
