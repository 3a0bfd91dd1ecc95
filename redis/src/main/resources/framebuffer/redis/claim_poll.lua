-- Claims the next poll of a health endpoint: of several instances, the first that calls when the poll is due.
--
-- KEYS  1 polls (hash: processor, 'CLAIMED_MS LAST_GOOD_MS KIND ')   2 registry
-- ARGV  1 processor   2 milliseconds between two polls   3 the endpoint, as the caller knows it
-- Returns  above 0: the time of the caller's claim, in milliseconds; below 0: the poll is due in that many milliseconds; 0: the
--          processor is not registered, or has registered another endpoint.

local readable, registered = pcall(cjson.decode, redis.call('HGET', KEYS[2], ARGV[1]) or '')
if not readable or type(registered) ~= 'table' or registered.health_endpoint ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local claimed, good, rest = string.match(before, '^(%d+) (%d+)( %a+ .*)$')
-- A time in the future is from before the clock was set back. It counts as now; otherwise it would remain the last answer until then.
if claimed then rest = string.format('%.0f', math.min(good, now)) .. rest end
local passed = math.abs(now - (claimed or 0))
if claimed and passed < tonumber(ARGV[2]) then return passed - ARGV[2] end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. (rest or '0 none '))
return now
