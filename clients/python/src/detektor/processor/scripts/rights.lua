-- Whether this user may give these commands to a key: asked before the first write, so that a right that was withdrawn meanwhile leaves
-- nothing half done. What is missing when an instance connects it says itself (docs/adr/0013-hand-off-in-a-transaction.md).
local function lacks(key, commands)
  for command in string.gmatch(commands, '%S+') do
    if not redis.acl_check_cmd(command, key) then
      return redis.error_reply('NOPERM this user may not run ' .. command .. ' on ' .. key)
    end
  end
end
