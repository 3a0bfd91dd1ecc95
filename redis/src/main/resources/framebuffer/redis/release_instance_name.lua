-- Releases the name of an instance that stops.
--
-- KEYS  1 the claim
-- ARGV  1 run id of the instance
-- Returns  1 when the run owned the name

if string.match(redis.call('GET', KEYS[1]) or '', '^%S+') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
