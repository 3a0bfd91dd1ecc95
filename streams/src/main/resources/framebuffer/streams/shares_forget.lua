-- Forgets shares, each only where it still is what the caller saw, and its queue is gone or not shared out.
--
-- KEYS  1 shares   2… work queues
-- ARGV  for each queue: 'SHARE VERSION' as it was seen, and 1 where it is not shared out, else 0

for q = 2, #KEYS do
  local seen, whole = ARGV[2 * q - 3], ARGV[2 * q - 2] == '1'
  if (whole or redis.call('EXISTS', KEYS[q]) == 0) and redis.call('HGET', KEYS[1], KEYS[q]) == seen then
    redis.call('HDEL', KEYS[1], KEYS[q])
  end
end
