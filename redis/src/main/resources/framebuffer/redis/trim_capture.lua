-- Trims entries of the capture stream that every group has read and acknowledged. If our group is the only one, the hand-off has deleted
-- them already. The cost does not depend on the length of the stream, which is trimmed from its beginning, block by block. Nothing is
-- trimmed while XGROUP SETID has moved our group beyond entries that it has not read.
--
-- KEYS  1 capture stream
-- ARGV  1 our group; nothing is trimmed while it does not exist, because it will be created at the beginning
--       2… groups whose needs are ignored
-- Returns  the number of entries trimmed

local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if groups.err or #groups == 0 then return 0 end

local abandoned = {}
for a = 2, #ARGV do abandoned[ARGV[a]] = true end

-- The first id that a group which has read up to here still needs.
local function behind(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return #seq < 15 and string.format('%s-%.0f', ms, seq + 1) or id
end

local keep, ours
for _, group in ipairs(groups) do
  if group[2] == ARGV[1] then
    if astray(KEYS[1], group) then return 0 end
    ours = true
  end
  if not abandoned[group[2]] then
    local pending = redis.call('XPENDING', KEYS[1], group[2])
    local needed = pending[1] > 0 and pending[2] or behind(group[8])
    if not keep or less(needed, keep) then keep = needed end
  end
end
if not ours or not keep then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', keep)
