-- What is really there, to hold the ledger against, and where that is asked for the ledger itself, of the same instant.
--
-- KEYS  1 ledger   2 capture stream   3 returned stream   4 parts   5 taken   6… work queues, and what else holds frames
-- ARGV  1 group of the capture stream   2 '1': with the ledger. A script takes ten times as long to answer one of a hundred thousand fields
--       as a command of its own does, in the same transaction
-- Returns  the ledger's fields and values, or nothing; frames pending in the capture group and counted; entries in the returned stream;
--          entries in those; frames pending in the capture group and not counted yet; how many
--          parts more than frames there are of frames in several parts; how many entries others have removed from these streams, which
--          is not settled yet.

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

local extra, parts = 0, redis.pcall('HGETALL', KEYS[4])
for p = 2, parts.err and 0 or #parts, 2 do
  extra = extra + math.max(0, (tonumber(string.match(parts[p], '^%d+')) or 0) - 1)
end
return {
  ARGV[2] == '1' and redis.call('HGETALL', KEYS[1]) or {}, pending - uncounted, back, queued, uncounted, extra, removed,
}
