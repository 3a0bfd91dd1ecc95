-- Lists the commands that the Redis user may not execute. Only checks the rights; executes none of the commands.
--
-- KEYS  none, because the user's right to these keys is to be checked
-- ARGV  key, its commands separated by commas, with @ for the key, …
-- Returns  for each missing right: number of the key, the command, 1 if the command is allowed on another key, 1 if another command
--          is allowed on the key.

local allowed, of_key, missing = {}, {}, {}

local function ask(k, commands)
  for command in string.gmatch(commands, '[^,]+') do
    local words = {}
    for word in string.gmatch(command, '%S+') do words[#words + 1] = word == '@' and ARGV[2 * k - 1] or word end
    if redis.acl_check_cmd(unpack(words)) then
      allowed[command], of_key[k] = 1, 1
    else
      missing[#missing + 1] = { k, command }
    end
  end
end

for k = 1, #ARGV / 2 do ask(k, ARGV[2 * k]) end

local reply = {}
for _, one in ipairs(missing) do
  reply[#reply + 1] = { one[1], one[2], allowed[one[2]] or 0, of_key[one[1]] or 0 }
end
return reply
