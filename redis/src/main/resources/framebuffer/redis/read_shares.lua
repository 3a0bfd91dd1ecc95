-- Reads this partition's share of each processor's capacity, and the number of frames outstanding here.
--
-- KEYS  1 shares   2… work queues
-- Returns  for each queue: 'SHARE VERSION' ('': none), frames outstanding (-1: no such queue).

local queues, reply = { unpack(KEYS, 2) }, {}
local fields = #queues > 0 and redis.call('HMGET', KEYS[1], unpack(queues)) or {}
for q, queue in ipairs(queues) do
  reply[#reply + 1] = fields[q] or ''
  reply[#reply + 1] = outstanding(queue) or -1
end
return reply
