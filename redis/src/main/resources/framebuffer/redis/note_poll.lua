-- Records the result of a poll, unless a later poll was claimed or the processor has registered again.
--
-- KEYS  1 polls   2 circuits
-- ARGV  1 processor   2 time of the poll's claim   3 the result, one word
--       4 '1': counts as a sign of life   5 '1': counts as a failure
-- Returns  1 when the result was recorded, otherwise 0.

local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local claimed, good = string.match(before, '^(%d+) (%d+) ')
if claimed ~= ARGV[2] then return 0 end
if ARGV[4] == '1' then
  local time = redis.call('TIME')
  good = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end
redis.call('HSET', KEYS[1], ARGV[1], claimed .. ' ' .. good .. ' ' .. ARGV[3] .. ' ')
if ARGV[5] == '1' then circuit_failed(KEYS[2], ARGV[1]) end
return 1
