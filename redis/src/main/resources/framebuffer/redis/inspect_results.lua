-- KEYS  1 stream of results
-- Returns  the time, as from TIME; if there is a stream also the ids of its first entry (empty: none) and of the last entry that was ever
--          added, the number of entries ever added, and the number of entries in it.

local time = redis.call('TIME')
local stream = redis.pcall('XINFO', 'STREAM', KEYS[1])
if stream.err then return { time } end
local known = {}
for i = 1, #stream, 2 do known[stream[i]] = stream[i + 1] end
return { time, known['first-entry'] and known['first-entry'][1] or '', known['last-generated-id'], known['entries-added'], known['length'] }
