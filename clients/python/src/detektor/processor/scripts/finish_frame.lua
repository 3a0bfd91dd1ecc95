-- Finishes one frame of a processor in one step: writes the result, or returns the frame, then acknowledges and deletes the entry
-- (docs/protocol.md 3.4). Does nothing when the entry is no longer pending: then another party has taken the frame over.
--
-- KEYS  1 work queue   2 result stream or returned stream   3 ledger   4 parts   5 completed   6 given back   7 circuits   8 taken
--       9 accepted returns
-- ARGV  1 group   2 entry id   3 'success', 'error' (both: done) or 'returned'   4 capture id   5 camera   6 processor
--       7 maximum number of entries in stream 2 (0: no limit)   8… field, value, …
-- Returns  0 when the entry was not pending; 2 when the whole frame has ended, so that nobody needs its pixels any more; otherwise 1.

local queue, to, keys = KEYS[1], KEYS[2], { ledger = KEYS[3], parts = KEYS[4] }
local wrong = expect(to, 'stream') or expect(KEYS[3], 'hash') or expect(KEYS[4], 'hash') or expect(KEYS[5], 'hash')
  or (ARGV[3] == 'returned' and (expect(KEYS[6], 'hash') or expect(KEYS[9], 'hash')))
  or lacks(queue, 'XDEL') or lacks(KEYS[3], 'HGET HEXISTS HSET HDEL HINCRBY TIME')
if wrong then return wrong end
local groups = redis.pcall('XINFO', 'GROUPS', queue)

-- Write first: if the write fails (the ids are used up, the user lacks the right), the script ends here without any effect.
local written
if ARGV[7] == '0' then
  written = redis.call('XADD', to, '*', unpack(ARGV, 8))
else
  written = redis.call('XADD', to, 'MAXLEN', '~', ARGV[7], '*', unpack(ARGV, 8))
end
local acknowledged = redis.pcall('XACK', queue, ARGV[1], ARGV[2])
if acknowledged ~= 1 then
  redis.call('XDEL', to, written)
  return acknowledged
end
-- The next hand-off of a returned frame decides whether it counts as a failure.
if ARGV[3] == 'success' then
  circuit_succeeded(KEYS[7], ARGV[6])
elseif ARGV[3] == 'error' then
  circuit_failed(KEYS[7], ARGV[6], ARGV[2])
end

-- Several groups may read the queue: then the entry stays while one of them needs it, and the sweep counts it in the end.
local others, needed, done_elsewhere = {}, false, false
for _, group in ipairs(groups.err and {} or groups) do
  if group[2] ~= ARGV[1] then
    others[#others + 1] = group[2]
    if less(group[8], ARGV[2]) or #redis.call('XPENDING', queue, group[2], ARGV[2], ARGV[2], 1) > 0 then
      needed = true
    else
      done_elsewhere = true
    end
  end
end

local whole = false
if ARGV[3] ~= 'returned' then
  if not needed and (redis.call('XDEL', queue, ARGV[2]) == 1 or #others == 0) then
    add(KEYS[8], 'left:' .. queue, 1)
    whole = part_ended(keys, ARGV[4], ARGV[5], 'done', place_of(queue, ARGV[2]))
    completed(KEYS[5], ARGV[6], ARGV[4])
  end
elseif done_elsewhere then
  redis.call('XDEL', to, written)
else
  redis.call('HINCRBY', KEYS[6], ARGV[6], 1)
  for _, group in ipairs(others) do redis.call('XACK', queue, group, ARGV[2]) end
  redis.call('XDEL', queue, ARGV[2])
  add(KEYS[8], 'left:' .. queue, 1)
  add(KEYS[8], 'handed:' .. to, 1)
  redis.call('HSET', KEYS[9], written, 1)
  went(keys, ARGV[4], place_of(queue, ARGV[2]), { place_of(to, written) })
end
return whole and 2 or 1
