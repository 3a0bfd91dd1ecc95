-- Notes the heartbeat of a processor, if it is registered.
--
-- KEYS  1 registry   2 health
-- ARGV  1 processor   2 its heartbeat as JSON
-- Returns  its registration as it stands now, or nil when there is no such processor.

local registration = redis.call('HGET', KEYS[1], ARGV[1])
if registration then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
return registration
