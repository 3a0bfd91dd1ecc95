-- Claims the name of an instance, or renews the claim. A claim of another run is replaced only if it is the claim that the caller has seen,
-- because its owner no longer renews it.
--
-- KEYS  1 the claim
-- ARGV  1 run id of the instance   2 the claim of another run, as the caller saw it; '': none
--       3 the new claim, which begins with the run id   4 milliseconds until it expires
-- Returns  '' when this run owns the name; otherwise the claim of the other run

local said = redis.call('GET', KEYS[1]) or ''
if said ~= '' and said ~= ARGV[2] and string.match(said, '^%S+') ~= ARGV[1] then return said end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return ''
