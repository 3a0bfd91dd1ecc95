-- Takes or extends the lease of the instance that works as the gate.
--
-- KEYS  1 lease
-- ARGV  1 instance   2 length of the lease in ms
-- Returns  1: this instance has it, 0: another one.

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
