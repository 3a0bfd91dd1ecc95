-- Ends a change of the number of partitions: completes or cancels it.
--
-- KEYS  1 number of partitions   2 the number is changing
-- ARGV  1 name of the caller   2 the new number; '0': one partition with plain key names; '': unchanged
-- Returns  1; 0: the change has expired, and another caller may have begun one.

if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) elseif ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2]) end
return 1
