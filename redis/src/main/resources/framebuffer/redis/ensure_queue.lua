-- Creates a work queue as an empty stream, so that a processor may create its group with or without MKSTREAM.
--
-- KEYS  1 work queue
-- Returns  the type of the key: 'stream', or another type that blocks the queue.

local found = redis.call('TYPE', KEYS[1]).ok
if found == 'none' then
  redis.call('XGROUP', 'CREATE', KEYS[1], 'frame-buffer-creates', '$', 'MKSTREAM')
  redis.call('XGROUP', 'DESTROY', KEYS[1], 'frame-buffer-creates')
  return 'stream'
end
return found
