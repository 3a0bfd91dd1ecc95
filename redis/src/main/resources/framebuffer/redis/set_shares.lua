-- Sets shares that have not changed since the caller saw them.
--
-- KEYS  1 shares   2… work queues
-- ARGV  for each queue: 'SHARE VERSION' as the caller saw it ('': none), and the new value ('': none)
-- Returns  for each queue: 1 when it was set, otherwise 0; and the frames outstanding afterwards (-1: no such queue).

local reply = {}
for q = 2, #KEYS do
  local seen, wanted = ARGV[2 * q - 3], ARGV[2 * q - 2]
  local set = (redis.call('HGET', KEYS[1], KEYS[q]) or '') == seen
  if set then
    if wanted == '' then redis.call('HDEL', KEYS[1], KEYS[q]) else redis.call('HSET', KEYS[1], KEYS[q], wanted) end
  end
  reply[#reply + 1] = set and 1 or 0
  reply[#reply + 1] = outstanding(KEYS[q]) or -1
end
return reply
