-- An instance claims its name, or says that it still runs. Somebody else may have it: then nothing happens, except where the caller has seen
-- that that one says nothing new.
--
-- KEYS  1 the claim
-- ARGV  1 what tells this run of the instance from all others   2 what another said last, as the caller saw it; '': nothing
--       3 what is said: begins with the run   4 in how many milliseconds it is forgotten
-- Returns  '' when the name is this run's; else what the other said

local said = redis.call('GET', KEYS[1]) or ''
if said ~= '' and said ~= ARGV[2] and string.match(said, '^%S+') ~= ARGV[1] then return said end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return ''
