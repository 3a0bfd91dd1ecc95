-- Forgets shares, each only where it still is what the caller saw, and its queue is gone, or is of one that is registered for less than all
-- partitions: by what is registered at this moment, for the caller may not know yet that it is another.
--
-- KEYS  1 shares   2 registry   3… work queues
-- ARGV  for each queue: 'SHARE VERSION' as it was seen, and the id of the processor whose it is ('': not known)

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
