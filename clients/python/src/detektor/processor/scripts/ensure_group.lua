-- Creates a consumer group at the beginning of a stream, and the stream if it is missing. All entries that were ever removed count as read,
-- so that the group's read count is exact from the start: XINFO could not report it otherwise.
--
-- KEYS  1 stream
-- ARGV  1 group
-- Returns  1 when the group was created, 0 when it existed

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
