-- Which of these commands this user may not give. They are asked about, not executed.
--
-- KEYS  none: whether the user may use these keys is asked
-- ARGV  key, the commands for it, with a comma between them and @ for the key, …
-- Returns  of each that is missing: number of its key, the command, 1 if it may be given to another key, 1 if another
--          command may be given to its key.

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
