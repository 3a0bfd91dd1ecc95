-- Reads the next frames of the producers for the shadow, in the group of this service. Nothing stays pending: the shadow hands off nothing.
-- Once the gate is open that group is the gate's place in the stream, so the switches are checked in the same step.
--
-- KEYS  1 producers' stream   2 switches
-- ARGV  1 group of this service   2 group of the older service   3 most frames
-- Returns  nothing unless the shadow is on and the gate is off; otherwise Redis's time in seconds and microseconds, the last frame that the
--          shadow ever read, the last one that the older service has read (0-0: it has no group), and the frames.

-- The value of a longer field is left out, because the decision does not need pixels.
local LONGEST_VALUE = 4096

local produced, switches = KEYS[1], KEYS[2]
local set = redis.call('HMGET', switches, 'shadow', 'gate')
if set[1] ~= 'true' or set[2] == 'true' then return {} end

-- The stream or its group was deleted: what came before is not recorded.
if not group_of(produced, ARGV[1]) then redis.call('XGROUP', 'CREATE', produced, ARGV[1], '$', 'MKSTREAM') end
local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], 'shadow', 'COUNT', ARGV[3], 'NOACK', 'STREAMS', produced, '>')
local entries = read and read[1][2] or {}
for _, entry in ipairs(entries) do
  for f = 2, #entry[2], 2 do
    if entry[2][f - 1] ~= 'metadata' and #entry[2][f] > LONGEST_VALUE then entry[2][f] = '' end
  end
end
local theirs, now = group_of(produced, ARGV[2]), redis.call('TIME')
return { now[1], now[2], group_of(produced, ARGV[1])[8], theirs and theirs[8] or '0-0', entries }
