-- Takes the gate away: the older service continues in the producers' stream where the gate stopped. Frames of this service stay with it.
--
-- KEYS  1 producers' stream   2 switches
-- ARGV  1 group of this service   2 group of the older service
-- Returns  'closed'.

local produced, switches = KEYS[1], KEYS[2]
if redis.call('HGET', switches, 'gate') ~= 'true' then return 'closed' end
place(produced, ARGV[2], group_of(produced, ARGV[1]))
redis.call('HSET', switches, 'gate', 'false', 'split', '0')
return 'closed'
