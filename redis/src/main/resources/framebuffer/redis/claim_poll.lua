-- Who polls a health endpoint this time: of several instances the first that asks when it is due.
--
-- KEYS  1 polls (hash: processor, 'CLAIMED_MS LAST_GOOD_MS KIND DETAIL')   2 registry
-- ARGV  1 processor   2 milliseconds between two polls   3 the endpoint, as the caller knows it
-- Returns  when it was claimed, in milliseconds, by the caller; less than 0: in how many milliseconds it is due; 0: there is no such
--          processor, or it has registered another endpoint.

local readable, registered = pcall(cjson.decode, redis.call('HGET', KEYS[2], ARGV[1]) or '')
if not readable or type(registered) ~= 'table' or registered.health_endpoint ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local claimed, good, rest = string.match(before, '^(%d+) (%d+)( %a+ .*)$')
-- An answer from the future came before the clock was set back; it counts as now, or it would last for as long.
if claimed then rest = string.format('%.0f', math.min(good, now)) .. rest end
local passed = math.abs(now - (claimed or 0))
if claimed and passed < tonumber(ARGV[2]) then return passed - ARGV[2] end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. (rest or '0 none '))
return now
