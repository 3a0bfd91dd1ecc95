-- Reports the number of waiting frames of an instance, and returns whether the instance holds the lease to watch the processors.
--
-- KEYS  1 lease   2 waiting (hash: instance, 'MILLISECONDS JSON')   3 backpressure (hash)
-- ARGV  1 instance   2 length of the lease in ms   3 its waiting frames, as JSON   4 ms after which a report expires
-- Returns  1 if the instance holds the lease, otherwise 0; the time, as from TIME; the report of each instance, as JSON, one value
--          each; the fields and values of the backpressure hash.

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
