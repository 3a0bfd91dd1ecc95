-- Counts the existing frames to compare them with the ledger, and on request returns the ledger of the same instant.
--
-- KEYS  1 ledger   2 capture stream   3 returned stream   4 parts   5 taken   6… work queues, and other streams with frames
-- ARGV  1 group of the capture stream   2 '1': with the ledger. For 100 000 fields, a script takes ten times as long as a separate
--       command in the same transaction
-- Returns  the ledger's fields and values, or nothing; counted frames pending in the capture group; entries in the returned stream;
--          entries in the queues and other streams; uncounted frames pending in the capture group; parts beyond the number of frames;
--          entries that others have removed from these streams and that are not reconciled yet.

local function length(key)
  local n = redis.pcall('XLEN', key)
  return type(n) == 'number' and n or 0
end

local pending, uncounted = pending_and_uncounted(KEYS[2], ARGV[1], KEYS[1])
local queued, removed = 0, 0
local function look(stream)
  local there = length(stream)
  local figures = redis.pcall('HMGET', KEYS[5], 'handed:' .. stream, 'left:' .. stream)
  removed = removed + math.max(0, (tonumber(figures[1] or '0') or 0) - (tonumber(figures[2] or '0') or 0) - there)
  return there
end
local back = look(KEYS[3])
for q = 6, #KEYS do queued = queued + look(KEYS[q]) end

-- Of many frames with several parts the ledger's own count is used, because reading them all would take long.
local extra, MOST_PARTS = 0, 1500
if redis.call('HLEN', KEYS[4]) > MOST_PARTS then
  extra = tonumber(redis.call('HGET', KEYS[1], 'extra_parts') or '0') or 0
else
  local parts = redis.call('HGETALL', KEYS[4])
  for p = 2, #parts, 2 do extra = extra + math.max(0, (tonumber(string.match(parts[p], '^%d+')) or 0) - 1) end
end
return {
  ARGV[2] == '1' and redis.call('HGETALL', KEYS[1]) or {}, pending - uncounted, back, queued, uncounted, extra, removed,
}
