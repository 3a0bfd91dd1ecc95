-- What a consumer group has read of a stream, and what not.
--
-- KEYS  1 stream
-- ARGV  1 group
-- Returns  nothing if there is no such group; otherwise the entries that are pending, those that are unread, and the time in ms since one
--          of its consumers last asked for entries (-1: none ever did); and the number of entries that were ever added to the stream.

-- Unread entries are counted up to here; beyond, the length of the stream bounds them. Redis's own figure (lag) counts entries that were
-- trimmed unread, forever.
local MOST_COUNTED, PAGE = 1000, 100

local group = group_of(KEYS[1], ARGV[1])
if not group then return {} end
local unread, after, page = 0, group[8], nil
repeat
  page = redis.call('XRANGE', KEYS[1], '(' .. after, '+', 'COUNT', PAGE)
  unread = unread + #page
  if #page > 0 then after = page[#page][1] end
until #page < PAGE or unread >= MOST_COUNTED
if #page == PAGE then unread = math.max(unread, math.min(redis.call('XLEN', KEYS[1]), tonumber(group[12]) or math.huge)) end

local silent = -1
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  if silent < 0 or consumer[6] < silent then silent = consumer[6] end
end

local stream, added = redis.call('XINFO', 'STREAM', KEYS[1]), 0
for f = 1, #stream, 2 do
  if stream[f] == 'entries-added' then added = stream[f + 1] end
end
return { group[6], unread, silent, added }
