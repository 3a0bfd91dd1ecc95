-- Notes what came of a poll, if it is the last that was claimed: a later one, or a new registration, makes it worthless.
--
-- KEYS  1 polls   2 circuits
-- ARGV  1 processor   2 when the poll was claimed   3 one word: what came of it   4 more of that, for people
--       5 '1': it is a sign of life   6 '1': it is a failure
-- Returns  1 when it was noted, else 0.

local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local claimed, good = string.match(before, '^(%d+) (%d+) ')
if claimed ~= ARGV[2] then return 0 end
if ARGV[5] == '1' then
  local time = redis.call('TIME')
  good = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end
redis.call('HSET', KEYS[1], ARGV[1], claimed .. ' ' .. good .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
if ARGV[6] == '1' then circuit_failed(KEYS[2], ARGV[1]) end
return 1
