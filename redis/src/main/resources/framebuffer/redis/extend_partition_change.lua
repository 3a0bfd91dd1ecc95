-- A change of the number of partitions goes on, and has its whole time again.
--
-- KEYS  1 that the number is being changed
-- ARGV  1 who changes it   2 milliseconds after which it is given up
-- Returns  1; 0: it took too long, and is somebody else's by now, or nobody's.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
