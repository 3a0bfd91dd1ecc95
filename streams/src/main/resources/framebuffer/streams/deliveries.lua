-- What the groups of a work queue were given and have not acknowledged, and how much they have acknowledged in all: of one instant.
--
-- KEYS  1 work queue
-- ARGV  1 name at most so many entries of each group, the oldest   2 what the names of our own consumers begin with
-- Returns  Redis's time; then for each group: name, entries acknowledged so far (-1: not known), {id, milliseconds since it was
--          delivered, 1 if that was to one of our own consumers, …}

local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if groups.err then groups = {} end
local reply = { redis.call('TIME') }
for _, group in ipairs(groups) do
  local entries = {}
  if group[6] > 0 then
    for _, one in ipairs(redis.call('XPENDING', KEYS[1], group[2], '-', '+', ARGV[1])) do
      entries[#entries + 1] = one[1]
      entries[#entries + 1] = one[3]
      entries[#entries + 1] = string.sub(one[2], 1, #ARGV[2]) == ARGV[2] and 1 or 0
    end
  end
  reply[#reply + 1] = group[2]
  reply[#reply + 1] = group[10] and group[10] - group[6] or -1
  reply[#reply + 1] = entries
end
return reply
