-- Notes the heartbeat of a processor, if it is registered.
--
-- KEYS  1 registry   2 health
-- ARGV  1 processor   2 its heartbeat as JSON
-- Returns  1, or 0 when there is no such processor.

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
