-- Puts the gate in front of the older service: the gate begins where the group of the older service stopped in the producers' stream. What
-- that group holds unacknowledged goes to the stream that the older service reads now. A bounded part of it in each call; the last call
-- removes the group and opens the gate, in one step.
--
-- KEYS  1 producers' stream   2 stream of the older service   3 switches   4 counts of the gate
-- ARGV  1 group of this service   2 group of the older service   3 most pending entries in this call
-- Returns  'open': the gate is open, 'more': call again.

local produced, legacy, switches, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('HGET', switches, 'gate') == 'true' then return 'open' end
local theirs = group_of(produced, ARGV[2])
if not theirs then
  return redis.error_reply('NOGROUP the older service has no group ' .. ARGV[2] .. ' on ' .. produced)
end

local held = redis.call('XPENDING', produced, ARGV[2], '-', '+', ARGV[3])
for _, one in ipairs(held) do
  local found = redis.call('XRANGE', produced, one[1], one[1])[1]
  if found and copy(found, legacy) then
    redis.call('HINCRBY', counts, 'pending_moved', 1)
  else
    redis.call('HINCRBY', counts, 'pending_lost', 1)
  end
  redis.call('XACK', produced, ARGV[2], one[1])
end
if #held == tonumber(ARGV[3]) then return 'more' end

-- How many frames the producers had added up to there, if Redis knows: later ones are the gate's.
if theirs[10] then redis.call('HSET', counts, 'added_before', theirs[10]) else redis.call('HDEL', counts, 'added_before') end
place(produced, ARGV[1], theirs)
redis.call('XGROUP', 'DESTROY', produced, ARGV[2])
redis.call('HDEL', counts, 'frames', 'ours', 'legacy', 'too_large', 'dropped')
redis.call('HSET', switches, 'gate', 'true', 'shadow', 'false')
if redis.call('HEXISTS', switches, 'split') == 0 then redis.call('HSET', switches, 'split', '0') end
return 'open'
