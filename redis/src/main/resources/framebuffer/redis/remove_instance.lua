-- An instance says that it ends. A command alone would be refused when memory is used up, and others would wait for it in vain.
--
-- Another life of it may run already: then nothing happens.
--
-- KEYS  1 instances
-- ARGV  1 instance   2 what it says   3 what tells this run of it from others

local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if before ~= '' and string.sub(before, -#ARGV[3]) ~= ARGV[3] then return 0 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
