-- Deletes a dead letter. Its frame, or this part of the frame, stays dead in the ledger.
--
-- KEYS  1 dead letters   2 parts
-- ARGV  1 id   2 capture id
-- Returns  1, or 0 if the dead letter does not exist.

local wrong = expect(KEYS[1], 'stream') or expect(KEYS[2], 'hash')
if wrong then return wrong end
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
local left, ends, places = parts_of(KEYS[2], ARGV[2])
if left then
  for i, one in ipairs(ends) do
    if one == 'dead@' .. ARGV[1] then ends[i] = 'dead' end
  end
  remember_parts(KEYS[2], ARGV[2], left, ends, places)
end
return 1
