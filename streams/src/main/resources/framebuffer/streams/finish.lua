-- A processor's answer to one frame, in one step: the result or the frame given back is written, the entry acknowledged and
-- removed (contract 2.6). Nothing happens when the entry is no longer pending: somebody took it away, and answers for it.
--
-- KEYS  1 work queue   2 result stream or returned stream   3 ledger   4 parts   5 completed
-- ARGV  1 group   2 entry id   3 'done' or 'returned'   4 capture id   5 camera   6 processor
--       7 most entries in stream 2 (0: no limit)   8… field, value, …
-- Returns  1, or 0 when the entry was not pending.

local queue, to = KEYS[1], KEYS[2]
local wrong = expect(to, 'stream') or expect(KEYS[3], 'hash') or expect(KEYS[4], 'hash') or expect(KEYS[5], 'hash')
if wrong then return wrong end

-- Written first: what cannot be written (its ids are used up, this user may not) ends the script here, and nothing has happened.
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

-- Where several groups share the queue, the first answer has removed the entry, and it alone counts.
local first = redis.call('XDEL', queue, ARGV[2]) == 1 or #redis.call('XINFO', 'GROUPS', queue) == 1
if ARGV[3] == 'done' and first then
  part_ended({ ledger = KEYS[3], parts = KEYS[4] }, ARGV[4], ARGV[5], 'done')
  completed(KEYS[5], ARGV[6], ARGV[4])
elseif not first and ARGV[3] == 'returned' then
  redis.call('XDEL', to, written)
end
return 1
