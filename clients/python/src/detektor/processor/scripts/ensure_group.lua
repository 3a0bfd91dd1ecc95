-- Creates a consumer group at the beginning of a stream, and the stream with it. All that was ever removed counts as read, so that
-- the group's count of what it has read is right from the start: XINFO does not know it otherwise.
--
-- KEYS  1 stream
-- ARGV  1 group
-- Returns  1 when it was created, 0 when it was there

local gone = 0
local stream = redis.pcall('XINFO', 'STREAM', KEYS[1])
if not stream.err then
  local about = {}
  for i = 1, #stream, 2 do about[stream[i]] = stream[i + 1] end
  gone = about['entries-added'] - about['length']
end
local created = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM', 'ENTRIESREAD', gone)
if not created.err then return 1 end
return string.find(created.err, 'BUSYGROUP', 1, true) and 0 or created
