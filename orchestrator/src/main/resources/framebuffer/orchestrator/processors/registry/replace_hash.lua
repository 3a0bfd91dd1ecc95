-- Replaces a value of a hash if it has not changed since the caller read it.
--
-- KEYS  1 hash
-- ARGV  1 field   2 expected value   3 new value
-- Returns  1 when it was replaced, else 0.

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
