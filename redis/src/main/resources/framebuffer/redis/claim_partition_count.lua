-- Announces that an instance starts with a number of partitions, and returns whether it may. The number cannot change while instances
-- start.
--
-- KEYS  1 number of partitions   2 an instance is starting   3 the number is changing
-- ARGV  1 the instance's number   2 '1': record this number if none is recorded   3 milliseconds until the instance is visible as running
-- Returns  the recorded number; 0: the number is changing.

if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local said = redis.call('GET', KEYS[1])
if not said then
  said = ARGV[1]
  if ARGV[2] == '1' then redis.call('SET', KEYS[1], said) end
end
if said == ARGV[1] then redis.call('SET', KEYS[2], said, 'PX', ARGV[3]) end
return tonumber(said)
