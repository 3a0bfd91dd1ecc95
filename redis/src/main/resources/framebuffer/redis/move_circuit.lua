-- Moves a circuit on, if it still is as the caller saw it.
--
-- KEYS  1 circuits (hash: processor, circuit)   2 registry
-- ARGV  1 processor   2 as it was seen; '': not in the hash   3 as it shall be; '': not in the hash
--       4 '1': only if there is no such processor
-- Returns  1 when it was moved, else 0.

if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[4] == '1' and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return 1
