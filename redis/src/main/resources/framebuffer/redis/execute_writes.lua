-- Commands that write little, one after the other, if nobody has changed what they depend on.
--
-- KEYS  1… what they depend on   then the key of each command
-- ARGV  1 number of keys they depend on   2 what those held, as read_state.lua said   then of each command: its name, number of
--       arguments behind the key, those
-- Returns  the reply to each; nil when something was changed, and nothing was done.

local depends = tonumber(ARGV[1])
if state_of_all(KEYS, depends) ~= ARGV[2] then return false end

local a, replies = 3, {}
for k = depends + 1, #KEYS do
  local last = a + 1 + ARGV[a + 1]
  replies[#replies + 1] = redis.call(ARGV[a], KEYS[k], unpack(ARGV, a + 2, last))
  a = last + 1
end
return replies
