-- Removes a candidate that seems dead, unless it has announced itself since.
--
-- KEYS  1 candidates
-- ARGV  1 instance   2 its last announcement, as the caller saw it
-- Returns  1 when the candidate was removed.

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
