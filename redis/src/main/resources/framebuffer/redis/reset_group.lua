-- Resets our group if XGROUP SETID has moved it beyond the last entry of its stream; otherwise it would not receive new entries. The group
-- continues after the last entry that was delivered to it. Delivered entries are pending, or leave the stream with their acknowledgement.
-- If other groups read the capture stream too, they stay but were counted as captured.
--
-- KEYS  1 stream   2 ledger
-- ARGV  1 group   2 'capture' or 'returned'
-- Returns  1 when the group was reset, otherwise 0.

local groups, ours = redis.pcall('XINFO', 'GROUPS', KEYS[1]), nil
if groups.err then return 0 end
for _, group in ipairs(groups) do
  if group[2] == ARGV[1] then ours = group end
end
if not ours or not astray(KEYS[1], ours) then return 0 end

local given = ours[6] > 0 and redis.call('XPENDING', KEYS[1], ARGV[1])[3] or '0-0'
if ARGV[2] ~= 'capture' then
  redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], given)
  return 1
end
if #groups > 1 then
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    for _, cursor in ipairs(redis.call('HMGET', KEYS[2], 'cursor:' .. consumer[2], aside(consumer[2]))) do
      if cursor and less(given, cursor) then given = cursor end
    end
  end
end
-- The number of delivered entries from the ledger's own count, for inspect_capture.lua.
local _, uncounted = pending_and_uncounted(KEYS[1], ARGV[1], KEYS[2])
local known = redis.call('HMGET', KEYS[2], 'counted', 'read_offset', 'read_correction')
local read = (known[1] or 0) + uncounted + (known[2] or 0) - (known[3] or 0)
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], given, 'ENTRIESREAD', string.format('%.0f', math.max(0, read)))
return 1
