-- Ends the script before its first write when the Redis user may not run one of the commands that the script calls: a command that is
-- refused in the middle would leave its work half done (docs/redis-rights.md). %COMMANDS% are their names. Redis itself has checked the keys.
for _, name in ipairs({ %COMMANDS% }) do
  local command, subcommand = string.match(name, '^(%S+) ?(%S*)$')
  local may = #KEYS == 0
  for k = 1, #KEYS do
    if subcommand == '' then
      may = may or redis.acl_check_cmd(command, KEYS[k])
    else
      may = may or redis.acl_check_cmd(command, subcommand, KEYS[k])
    end
  end
  if not may then return redis.error_reply('NOPERM this user may not run ' .. name .. ' on ' .. KEYS[1]) end
end
