-- Notes up to where the frames of a consumer are counted as captured, and that its groups are those that are there now. Whatever makes what
-- is pending for it not its own removes the one, or changes the other.
--
-- KEYS  1 ledger
-- ARGV  1 consumer
-- Returns  its cursor; how often the groups of the capture stream and of the returned stream were made anew

local cursor = cursor_of(KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], 'cursor:' .. ARGV[1], cursor)
local made = redis.call('HMGET', KEYS[1], 'made_capture', 'made_returned')
return { cursor, made[1] or '0', made[2] or '0' }
