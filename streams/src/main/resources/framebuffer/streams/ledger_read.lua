-- The ledger, and in the same instant what is really there, to hold it against.
--
-- KEYS  1 ledger   2 capture stream   3 returned stream   4… work queues, and what else holds frames
-- ARGV  1 group of the capture stream
-- Returns  the ledger's fields and values; frames pending in the capture group and counted; entries in the returned stream;
--          entries in those; frames pending in the capture group and not counted yet.

local function length(key)
  local n = redis.pcall('XLEN', key)
  return type(n) == 'number' and n or 0
end

local pending, uncounted = pending_and_uncounted(KEYS[2], ARGV[1], KEYS[1])
local queued = 0
for q = 4, #KEYS do queued = queued + length(KEYS[q]) end
return { redis.call('HGETALL', KEYS[1]), pending - uncounted, length(KEYS[3]), queued, uncounted }
