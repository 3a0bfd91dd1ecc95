-- Extends a change of the number of partitions by its full time.
--
-- KEYS  1 the number is changing
-- ARGV  1 name of the caller   2 milliseconds after which the change expires
-- Returns  1; 0: the change has expired, and another caller may have begun one.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
