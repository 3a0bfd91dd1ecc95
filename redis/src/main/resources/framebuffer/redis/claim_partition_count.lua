-- An instance is about to start with a number of partitions: it learns whether it may, and nobody changes the number until it runs.
--
-- KEYS  1 number of partitions   2 that one starts   3 that the number is being changed
-- ARGV  1 the instance's number   2 '1': it is said from now on, when nothing was before   3 milliseconds until it can be seen that it runs
-- Returns  how many there are; 0: that is being changed.

if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local said = redis.call('GET', KEYS[1])
if not said then
  said = ARGV[1]
  if ARGV[2] == '1' then redis.call('SET', KEYS[1], said) end
end
if said == ARGV[1] then redis.call('SET', KEYS[2], said, 'PX', ARGV[3]) end
return tonumber(said)
