-- Replaces a value of a hash, if it still is what the caller saw.
--
-- KEYS  1 hash
-- ARGV  1 field   2 the value as it was seen   3 as it is to be
-- Returns  1 when it was replaced, else 0.

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
