-- Records the current cursor of a consumer, and how often its groups were created. Any event that takes the consumer's pending entries away
-- removes the cursor or changes these counts.
--
-- KEYS  1 ledger
-- ARGV  1 consumer
-- Returns  its cursor; how often the groups of the capture stream and of the returned stream were created again

local cursor = cursor_of(KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], 'cursor:' .. ARGV[1], cursor)
redis.call('HDEL', KEYS[1], aside(ARGV[1]))
local made = redis.call('HMGET', KEYS[1], 'made_capture', 'made_returned')
return { cursor, made[1] or '0', made[2] or '0' }
