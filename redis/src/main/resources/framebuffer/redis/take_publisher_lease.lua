-- Takes or extends the lease to publish results, and numbers its holders. A number (fence) is never used again: it is also at least the
-- time, so that it grows even if Redis has lost the last one.
--
-- KEYS  1 lease   2 cursors of results (hash)
-- ARGV  1 holder   2 length of the lease in ms
-- Returns  the fence of the holder; 0 if another holds the lease.

local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local last = tonumber(redis.call('HGET', KEYS[2], 'fence') or '0') or 0
if held and last > 0 then return last end
local time = redis.call('TIME')
local fence = math.max(last + 1, time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[2], 'fence', string.format('%.0f', fence))
return fence
