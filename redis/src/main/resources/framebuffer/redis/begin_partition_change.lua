-- Begins a change of the number of partitions: no instance may start until the change ends.
--
-- KEYS  1 an instance is starting   2 the number is changing
-- ARGV  1 milliseconds after which an interrupted change expires   2 unique name of the caller
-- Returns  1; 0: an instance is starting; -1: another caller is changing the number.

if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if not redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[1]) then return -1 end
return 1
