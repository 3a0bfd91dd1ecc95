-- Counts results without returning any, because they may be large.
--
-- KEYS  1 result stream
-- Returns  the number of entries in the stream, and the number ever added to it; 0 and 0 if there is none.

local stream = redis.pcall('XINFO', 'STREAM', KEYS[1])
if stream.err then return { 0, 0 } end
local known = {}
for i = 1, #stream, 2 do known[stream[i]] = stream[i + 1] end
return { known['length'], known['entries-added'] or known['length'] }
