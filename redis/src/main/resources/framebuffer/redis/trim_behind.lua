-- Deletes entries of the capture stream that every group has read and acknowledged and that lie behind older entries some group still
-- needs. A call inspects a bounded number of entries, and reads only the fields of entries that it deletes.
--
-- KEYS  1 capture stream
-- ARGV  1 our group; nothing is deleted while it does not exist   2 inspect entries after this id   3 maximum number of entries to inspect
--       4… groups whose needs are ignored
-- Returns  the number of entries deleted, and the id to continue after ('0-0': start again)

local NOTHING = { 0, '0-0' }
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if groups.err or #groups < 2 then return NOTHING end
local after, most = ARGV[2], tonumber(ARGV[3])
local abandoned = {}
for a = 4, #ARGV do abandoned[ARGV[a]] = true end

-- Only entries that were delivered to every group can be acknowledged.
local readers, ours, delivered = {}, false, nil
for _, group in ipairs(groups) do
  if group[2] == ARGV[1] then
    if astray(KEYS[1], group) then return NOTHING end
    ours = true
  end
  if not abandoned[group[2]] then
    readers[#readers + 1] = group[2]
    if not delivered or less(group[8], delivered) then delivered = group[8] end
  end
end
if not ours or not delivered then return NOTHING end
if not less(after, delivered) then after = '0-0' end

local owed, last = {}, delivered
for _, name in ipairs(readers) do
  local some = redis.call('XPENDING', KEYS[1], name, '(' .. after, last, most)
  for _, one in ipairs(some) do owed[#owed + 1] = one[1] end
  -- The list is cut off: which later entries are pending is unknown.
  if #some == most then last = some[most][1] end
end
table.sort(owed, less)

local removed = {}
local function remove(to)
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. after, to, 'COUNT', most - #removed)) do
    removed[#removed + 1] = entry[1]
  end
end
for _, id in ipairs(owed) do
  if less(last, id) or #removed == most then break end
  remove('(' .. id)
  after = id
end
if #removed < most and less(after, last) then remove(last) end
if #removed > 0 then redis.call('XDEL', KEYS[1], unpack(removed)) end
if #removed == most then
  last = removed[most]
elseif last == delivered then
  last = '0-0'
end
return { #removed, last }
