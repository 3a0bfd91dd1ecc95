-- Stores the cursor of a reader of results, unless a later holder of the lease has written here.
--
-- KEYS  1 cursors of results (hash)
-- ARGV  1 fence of the caller   2 field of the cursor   3 cursor
-- Returns  1 when it is stored, 0 when the caller is fenced.

local last = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0') or 0
if last > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], ARGV[2], ARGV[3])
return 1
