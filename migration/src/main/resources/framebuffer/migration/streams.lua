-- What the scripts of the gate share: copies of frames, and what groups have read.

-- A frame with more values than this cannot be copied by a script: Lua passes fewer than 8,000 values to a command.
local MOST_VALUES = 7000

local function successor(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return ms .. '-' .. string.format('%.0f', seq + 1)
end

-- Copies an entry unchanged, if possible under the same id. Returns whether the entry could be copied.
local function copy(entry, target)
  if #entry[2] > MOST_VALUES then return false end
  local added = redis.pcall('XADD', target, entry[1], unpack(entry[2]))
  if type(added) == 'table' then redis.call('XADD', target, '*', unpack(entry[2])) end
  return true
end

local function group_of(stream, name)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  if groups.err then return nil, 0 end
  for _, one in ipairs(groups) do
    if one[2] == name then return one, #groups end
  end
  return nil, #groups
end

-- Places a group where another one stopped.
local function place(stream, name, at)
  local id, read = at and at[8] or '0', at and at[10] and { 'ENTRIESREAD', at[10] } or {}
  if group_of(stream, name) then
    redis.call('XGROUP', 'SETID', stream, name, id, unpack(read))
  else
    redis.call('XGROUP', 'CREATE', stream, name, id, 'MKSTREAM', unpack(read))
  end
end

-- Removes the entries that all groups have read and acknowledged. Without a group nothing is removed.
local function trim_behind_groups(stream)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  if groups.err or #groups == 0 then return end
  local needed
  for _, one in ipairs(groups) do
    local first = successor(one[8])
    if one[6] > 0 then first = redis.call('XPENDING', stream, one[2])[2] end
    if not needed or less(first, needed) then needed = first end
  end
  redis.call('XTRIM', stream, 'MINID', '=', needed)
end
