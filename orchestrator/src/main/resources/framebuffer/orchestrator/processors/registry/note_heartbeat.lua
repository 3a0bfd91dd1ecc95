-- Stores the heartbeat of a registered processor.
--
-- KEYS  1 registry   2 health
-- ARGV  1 processor   2 its heartbeat as JSON
-- Returns  its current registration, or nil when it is not registered.

local registration = redis.call('HGET', KEYS[1], ARGV[1])
if registration then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
return registration
