-- Executes a few commands in order, unless others have changed the keys that the commands depend on.
--
-- KEYS  1… keys that the commands depend on   then the key of each command
-- ARGV  1 number of keys that the commands depend on   2 their state, from read_state.lua   then for each command: name, number of
--       arguments after the key, these arguments
-- Returns  the reply to each command; nil when a key has changed and no command was executed.

local depends = tonumber(ARGV[1])
if state_of_all(KEYS, depends) ~= ARGV[2] then return false end

-- All rights are checked before the first command.
local c = 3
for k = depends + 1, #KEYS do
  local last = c + 1 + ARGV[c + 1]
  if not redis.acl_check_cmd(ARGV[c], KEYS[k], unpack(ARGV, c + 2, last)) then
    return redis.error_reply('NOPERM this user may not run ' .. ARGV[c] .. ' on ' .. KEYS[k])
  end
  c = last + 1
end

local a, replies = 3, {}
for k = depends + 1, #KEYS do
  local last = a + 1 + ARGV[a + 1]
  replies[#replies + 1] = redis.call(ARGV[a], KEYS[k], unpack(ARGV, a + 2, last))
  a = last + 1
end
return replies
