-- Changes the state of a circuit, if it is still the state that the caller saw.
--
-- KEYS  1 circuits (hash: processor, circuit)   2 registry
-- ARGV  1 processor   2 the state that the caller saw; '': not in the hash   3 the new state; '': not in the hash
--       4 '1': only if the processor is not registered
-- Returns  1 when the state was changed, otherwise 0.

if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[4] == '1' and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
