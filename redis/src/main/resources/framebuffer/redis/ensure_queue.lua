-- Creates a work queue as an empty stream, so that a processor may create its group with or without MKSTREAM.
--
-- KEYS  1 work queue
-- Returns  the key's type: 'stream', or what stands in the way.

local found = redis.call('TYPE', KEYS[1]).ok
if found == 'none' then
  redis.call('XGROUP', 'CREATE', KEYS[1], 'frame-buffer-creates', '$', 'MKSTREAM')
  redis.call('XGROUP', 'DESTROY', KEYS[1], 'frame-buffer-creates')
  return 'stream'
end
return found
