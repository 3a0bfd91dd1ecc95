-- A change of the number of partitions ends: it is made, or left.
--
-- KEYS  1 number of partitions   2 that the number is being changed
-- ARGV  1 who changes it   2 the number from now on; '0': one, of plain names; '': it stays
-- Returns  1; 0: it took too long, and is somebody else's by now, or nobody's.

if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) elseif ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2]) end
return 1
