-- Removes shares that have not changed since the caller saw them, if their queue is gone, or its processor is registered for fewer than all
-- partitions. Reads the current registration, because the caller's may be out of date.
--
-- KEYS  1 shares   2 registry   3… work queues
-- ARGV  for each queue: 'SHARE VERSION' as the caller saw it, and the id of its processor ('': unknown)

local function whole(id)
  local registered = id ~= '' and redis.call('HGET', KEYS[2], id)
  local read, processor = pcall(cjson.decode, registered or '')
  return read and type(processor) == 'table' and processor.partition ~= 'all'
end

for q = 3, #KEYS do
  local seen, id = ARGV[2 * q - 5], ARGV[2 * q - 4]
  if redis.call('HGET', KEYS[1], KEYS[q]) == seen and (redis.call('EXISTS', KEYS[q]) == 0 or whole(id)) then
    redis.call('HDEL', KEYS[1], KEYS[q])
  end
end
