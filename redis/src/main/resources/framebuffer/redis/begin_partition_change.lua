-- The number of partitions is about to be changed: instances do not start until that is done.
--
-- KEYS  1 that an instance starts   2 that the number is being changed
-- ARGV  1 milliseconds after which it is given up, by somebody who was ended meanwhile   2 who changes it, as nobody else is called
-- Returns  1; 0: an instance starts; -1: somebody else changes it.

if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if not redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[1]) then return -1 end
return 1
