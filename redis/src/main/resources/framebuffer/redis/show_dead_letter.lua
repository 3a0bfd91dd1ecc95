-- A dead letter whole, but for values that are long: of them, the length.
--
-- KEYS  1 dead letters
-- ARGV  1 id   2 the longest value that is answered, in bytes
-- Returns  of each field its name, the length of its value, and the value, or an empty one where it is longer; nothing: no such letter.

local found, reply = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1], {}
local fields = found and found[2] or {}
for f = 1, #fields, 2 do
  local value = fields[f + 1]
  reply[#reply + 1] = { fields[f], #value, #value > tonumber(ARGV[2]) and '' or value }
end
return reply
