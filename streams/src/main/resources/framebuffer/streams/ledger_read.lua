-- The ledger, and in the same instant what is really there, to hold it against.
--
-- KEYS  1 ledger   2 capture stream   3 returned stream   4… work queues
-- ARGV  1 group of the capture stream
-- Returns  the ledger's fields and values; frames pending in the capture group and counted; entries in the returned stream;
--          entries in the work queues; frames pending in the capture group and not counted yet.

local function length(key)
  local n = redis.pcall('XLEN', key)
  return type(n) == 'number' and n or 0
end

local counted, pending = 0, 0
local summary = redis.pcall('XPENDING', KEYS[2], ARGV[1])
if not summary.err and summary[1] > 0 then
  pending = summary[1]
  counted = pending
  for _, consumer in ipairs(summary[4]) do
    local cursor = redis.call('HGET', KEYS[1], 'cursor:' .. consumer[1]) or '0-0'
    counted = counted - #redis.call('XPENDING', KEYS[2], ARGV[1], '(' .. cursor, '+', 1000000, consumer[1])
  end
end

local queued = 0
for q = 4, #KEYS do queued = queued + length(KEYS[q]) end
return { redis.call('HGETALL', KEYS[1]), counted, length(KEYS[3]), queued, pending - counted }
