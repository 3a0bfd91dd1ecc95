-- Ends a migration: this service reads the producers' stream again. What it has not read of its own stream becomes part of the producers'
-- stream, with its group and all that is pending. No instance may run meanwhile.
--
-- KEYS  1 producers' stream   2 stream of this service   3 switches   4 counts of the gate
-- ARGV  1 group of this service
-- Returns  'finished', or 'more': frames of the producers have not passed the gate yet.

local produced, own, switches, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('HEXISTS', counts, 'decommissioned') == 0 then
  return redis.error_reply('ERR the older service was not decommissioned')
end
local group, groups = group_of(produced, ARGV[1])
if group and #redis.call('XRANGE', produced, '(' .. group[8], '+', 'COUNT', 1) > 0 then return 'more' end
if redis.call('EXISTS', own) == 1 then
  if groups > (group and 1 or 0) then
    return redis.error_reply('ERR another consumer group reads ' .. produced .. ': remove it, or let its reader finish')
  end
  local last = '0-0'
  local stream = redis.pcall('XINFO', 'STREAM', produced)
  for f = 1, #stream, 2 do
    if stream[f] == 'last-generated-id' then last = stream[f + 1] end
  end
  redis.call('RENAME', own, produced)
  -- A producer's next id must be above all earlier ones.
  redis.pcall('XSETID', produced, last)
end
redis.call('HDEL', switches, 'gate', 'split', 'split_by', 'shadow')
redis.call('DEL', counts)
return 'finished'
