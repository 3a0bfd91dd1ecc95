-- Removes from the capture stream what every group on it has read and acknowledged. While we are its only group, the hand-off
-- has removed it already. The cost does not grow with the stream: it is dropped from the beginning, block by block.
--
-- KEYS  1 capture stream
-- ARGV  1 our group: as long as it is not there, nothing is removed, for it will be created at the beginning
-- Returns  the number removed

local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if groups.err or #groups == 0 then return 0 end

local function parts(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return ms, seq
end

local function less(a, b)
  local am, as = parts(a)
  local bm, bs = parts(b)
  if am ~= bm then return #am < #bm or (#am == #bm and am < bm) end
  return #as < #bs or (#as == #bs and as < bs)
end

local keep, ours
for _, group in ipairs(groups) do
  local pending = redis.call('XPENDING', KEYS[1], group[2])
  local needed = pending[1] > 0 and pending[2] or group[8]
  if not keep or less(needed, keep) then keep = needed end
  ours = ours or group[2] == ARGV[1]
end
if not ours then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', keep)
