-- Announces an instance as a candidate for a partition, and returns all candidates and the instances that serve the partition.
--
-- KEYS  1 candidates   2 instances   3 capture stream   4 returned stream
-- ARGV  1 instance   2 run id of the instance   3 group of the streams
-- Returns  the previous announcement under its name ('': none); number of values about candidates; the fields and values of all
--          candidates: 'MILLISECONDS RUN'; then those of all serving instances, as in note_instance.lua; '' as the value of an
--          instance that reads in the group and was never announced.

local time = redis.call('TIME')
local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)) .. ' ' .. ARGV[2])
local candidates = redis.call('HGETALL', KEYS[1])
local reply = { before, #candidates }
for _, value in ipairs(candidates) do reply[#reply + 1] = value end
for _, value in ipairs(redis.call('HGETALL', KEYS[2])) do reply[#reply + 1] = value end
for _, stream in ipairs({ KEYS[3], KEYS[4] }) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, ARGV[3])
  for _, consumer in ipairs(consumers.err and {} or consumers) do
    if redis.call('HEXISTS', KEYS[2], consumer[2]) == 0 then
      reply[#reply + 1] = consumer[2]
      reply[#reply + 1] = ''
    end
  end
end
return reply
