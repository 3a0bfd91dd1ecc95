-- Silences an alert rule, or one subject of it. If there are too many silences, removes those that are over, or that would last too long
-- because the clock was set back; not sooner, because the clock may be wrong for a while.
--
-- KEYS  1 silences (hash: rule and subject, 'UNTIL SINCE REASON' in ms)
-- ARGV  1 rule and subject   2 duration in ms   3 longest duration in ms   4 maximum number of silences   5 reason
-- Returns  1 if it is silenced; 0 if there are too many silences.

local silences, longest = KEYS[1], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known, others = 0, redis.call('HLEN', silences) - redis.call('HEXISTS', silences, ARGV[1])
local all = others < tonumber(ARGV[4]) and {} or redis.call('HGETALL', silences)
for i = 1, #all, 2 do
  local till = tonumber(string.match(all[i + 1], '^(%d+) ') or '')
  if not till or till <= now or till > now + longest then
    redis.call('HDEL', silences, all[i])
  elseif all[i] ~= ARGV[1] then
    known = known + 1
  end
end
if known >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', silences, ARGV[1], string.format('%.0f %.0f ', now + ARGV[2], now) .. ARGV[5])
return 1
