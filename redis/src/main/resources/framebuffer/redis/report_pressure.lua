-- An instance says how many frames wait in it, and asks whether it is the one that watches the processors.
--
-- KEYS  1 lease   2 waiting (hash: instance, 'MILLISECONDS JSON')   3 backpressure (hash)
-- ARGV  1 instance   2 length of the lease in ms   3 what waits in it, as JSON   4 ms after which what an instance said counts no more
-- Returns  1 if the lease is this instance's, else 0; the time, as of TIME; what waits in each instance, as JSON, one value each;
--          the fields and values of the backpressure hash.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[3])

local ours = 0
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  ours = 1
elseif redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  ours = 1
end

local waiting = {}
local said = redis.call('HGETALL', KEYS[2])
for i = 1, #said, 2 do
  local at, json = string.match(said[i + 1], '^(%d+) (.*)$')
  if not at or math.abs(now - tonumber(at)) > tonumber(ARGV[4]) then
    redis.call('HDEL', KEYS[2], said[i])
  else
    waiting[#waiting + 1] = json
  end
end
return { ours, time, waiting, redis.call('HGETALL', KEYS[3]) }
