-- Creates missing work queues of registered processors as empty streams: another program may have registered a processor
-- without a queue, or removed the queue.
--
-- KEYS  1 registry   2… work queues
-- ARGV  1… the processor of each
-- Returns  the number of created queues.

local created = 0
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 0 and redis.call('HEXISTS', KEYS[1], ARGV[i - 1]) == 1 then
    redis.call('XGROUP', 'CREATE', KEYS[i], 'frame-buffer-creates', '$', 'MKSTREAM')
    redis.call('XGROUP', 'DESTROY', KEYS[i], 'frame-buffer-creates')
    created = created + 1
  end
end
return created
