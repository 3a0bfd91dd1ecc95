-- Cameras that have sent nothing for long leave. A bounded number is looked at in a call.
--
-- KEYS  1 ledger   2 cameras seen (hash: camera, entry id of its newest frame)
-- ARGV  1 milliseconds after which one leaves   2 look at about so many fields   3 most cameras remembered
--       4 where to go on in the ledger, 5 among those seen ('0': at the beginning)   6… all ends that a frame can come to
-- Returns  how many left, where to go on in the ledger, and among those seen.

local ledger, seen = KEYS[1], KEYS[2]
local wrong = expect(ledger, 'hash') or expect(seen, 'hash')
if wrong then return wrong end
local outcomes = { unpack(ARGV, 6) }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = 0

-- An id may be a producer's own: one that is no time (before 2001) says nothing, and its camera stays.
local A_TIME, A_DAY = 1000000000000, 86400000
local function silent(at, newest)
  return newest == '0-1' or (at >= A_TIME and at < now - ARGV[1])
end

-- '0-MS': counted, and not seen here since then; it is not listed. Its frames were of another partition before, say.
local function look(camera, newest)
  if not is_a_camera(camera) then return end
  local at = newest and tonumber(string.match(newest, '^0%-(%d%d+)$') or string.match(newest, '^(%d+)%-%d+$') or '')
  if not newest then
    if redis.call('HLEN', seen) < tonumber(ARGV[3]) then
      redis.call('HSET', seen, camera, string.format('0-%.0f', now))
    end
  elseif not at or at > now + A_DAY then
    -- In the future, or no id: it is seen now.
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
