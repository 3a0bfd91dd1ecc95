-- Begins or ends the shadow. It begins with the next frame; its group goes when it ends, so that it holds nothing back. While the gate is
-- open, that group is the gate's.
--
-- KEYS  1 producers' stream   2 switches
-- ARGV  1 group of this service   2 true or false
-- Returns  1: it is done, 0: the gate is open, and nothing was changed.

local produced, switches = KEYS[1], KEYS[2]
local set = redis.call('HMGET', switches, 'shadow', 'gate')
if set[2] == 'true' then return 0 end
if ARGV[2] ~= 'true' then
  if group_of(produced, ARGV[1]) then redis.call('XGROUP', 'DESTROY', produced, ARGV[1]) end
elseif set[1] ~= 'true' then
  if group_of(produced, ARGV[1]) then redis.call('XGROUP', 'DESTROY', produced, ARGV[1]) end
  redis.call('XGROUP', 'CREATE', produced, ARGV[1], '$', 'MKSTREAM')
end
redis.call('HSET', switches, 'shadow', ARGV[2])
return 1
