-- A short digest of a key's value, to detect changes by others. For hashes and streams only.
local function state_of(key)
  local kind, said = redis.call('TYPE', key).ok, {}
  if kind == 'hash' then
    local fields = redis.call('HGETALL', key)
    for f = 1, #fields, 2 do said[#said + 1] = #fields[f] .. ' ' .. fields[f] .. fields[f + 1] end
    table.sort(said)
  elseif kind == 'stream' then
    local about = redis.call('XINFO', 'STREAM', key)
    for i = 1, #about, 2 do
      if type(about[i + 1]) ~= 'table' then said[#said + 1] = about[i] .. ' ' .. tostring(about[i + 1]) end
    end
  end
  return kind .. ' ' .. redis.sha1hex(table.concat(said, '\n'))
end

local function state_of_all(keys, n)
  local states = {}
  for k = 1, n do states[k] = state_of(keys[k]) end
  return table.concat(states, ',')
end
