-- Reads all fields of a dead letter, but only the length of long values.
--
-- KEYS  1 dead letters
-- ARGV  1 id   2 maximum length of a returned value, in bytes
-- Returns  for each field its name, the length of its value, and the value, or '' if it is too long; nothing if the id does not exist.

local found, reply = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1], {}
local fields = found and found[2] or {}
for f = 1, #fields, 2 do
  local value = fields[f + 1]
  reply[#reply + 1] = { fields[f], #value, #value > tonumber(ARGV[2]) and '' or value }
end
return reply
