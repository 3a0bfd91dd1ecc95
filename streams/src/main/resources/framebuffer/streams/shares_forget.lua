-- Forgets shares, each only where it still is what the caller saw and its queue is gone.
--
-- KEYS  1 shares   2… work queues
-- ARGV  for each queue: 'SHARE VERSION' as it was seen

for q = 2, #KEYS do
  if redis.call('EXISTS', KEYS[q]) == 0 and redis.call('HGET', KEYS[1], KEYS[q]) == ARGV[q - 1] then
    redis.call('HDEL', KEYS[1], KEYS[q])
  end
end
