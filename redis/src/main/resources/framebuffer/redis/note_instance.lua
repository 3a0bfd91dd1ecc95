-- Announces a running instance, and returns all announced instances.
--
-- KEYS  1 instances   2 capture stream   3 returned stream
-- ARGV  1 instance   2 run id of the instance   3 group of the streams
-- Returns  the previous announcement under its name ('': none); then the fields and values of all instances: 'MILLISECONDS RUN'; ''
--          as the value of an instance that reads in the group and was never announced.

local time = redis.call('TIME')
local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)) .. ' ' .. ARGV[2])
local reply = redis.call('HGETALL', KEYS[1])
for _, stream in ipairs({ KEYS[2], KEYS[3] }) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, ARGV[3])
  for _, consumer in ipairs(consumers.err and {} or consumers) do
    if redis.call('HEXISTS', KEYS[1], consumer[2]) == 0 then
      reply[#reply + 1] = consumer[2]
      reply[#reply + 1] = ''
    end
  end
end
table.insert(reply, 1, before)
return reply
