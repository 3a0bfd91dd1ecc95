-- Marks a graceful shutdown of an instance, so that others take over at once. It is a script because Redis would refuse the plain command
-- when its memory is full, and others would wait for the lease. Does nothing if another run of the instance has started.
--
-- KEYS  1 instances
-- ARGV  1 instance   2 the announcement   3 run id of the instance

local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if before ~= '' and string.sub(before, -#ARGV[3]) ~= ARGV[3] then return 0 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
