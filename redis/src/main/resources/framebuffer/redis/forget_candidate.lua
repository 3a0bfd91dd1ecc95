-- A candidate that is taken for dead is forgotten, unless it has said something since.
--
-- KEYS  1 candidates
-- ARGV  1 instance   2 what it said last, as the caller saw it
-- Returns  1 when it was forgotten.

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
