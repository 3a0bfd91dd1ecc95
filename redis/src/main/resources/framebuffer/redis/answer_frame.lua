-- Answers a frame for a processor whose Redis user may not write the ledger (docs/redis-rights.md): writes the result, or returns the frame,
-- and acknowledges the entry. The service counts the rest. Does nothing when the entry is no longer pending.
--
-- KEYS  1 work queue   2 result stream or returned stream
-- ARGV  as for finish_frame.lua; uses only these: 1 group   2 entry id   3 'returned': the entry leaves the queue
--       7 maximum number of entries in stream 2 (0: no limit)   8… field, value, …
-- Returns  0 when the entry was not pending; otherwise 1.

local queue, to, group, entry = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local wrong = lacks(queue, 'XACK XDEL')
if wrong then return wrong end
if #redis.call('XPENDING', queue, group, entry, entry, 1) == 0 then return 0 end
-- Write first: if the write is refused, the script ends here without any effect.
if ARGV[7] == '0' then
  redis.call('XADD', to, '*', unpack(ARGV, 8))
else
  redis.call('XADD', to, 'MAXLEN', '~', ARGV[7], '*', unpack(ARGV, 8))
end
redis.call('XACK', queue, group, entry)
if ARGV[3] == 'returned' then redis.call('XDEL', queue, entry) end
return 1
