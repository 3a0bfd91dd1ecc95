-- Whether the Redis user may execute these commands on a key. Checked before the first write, so that a right withdrawn at runtime leaves
-- nothing half done. At connect, the instance itself reports missing rights (docs/adr/0013-hand-off-in-a-transaction.md).
local function lacks(key, commands)
  for command in string.gmatch(commands, '%S+') do
    if not redis.acl_check_cmd(command, key) then
      return redis.error_reply('NOPERM this user may not run ' .. command .. ' on ' .. key)
    end
  end
end
