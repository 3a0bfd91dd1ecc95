-- An instance ends, and its name is free.
--
-- KEYS  1 the claim
-- ARGV  1 what tells this run of the instance from all others
-- Returns  1 when it was its

if string.match(redis.call('GET', KEYS[1]) or '', '^%S+') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
