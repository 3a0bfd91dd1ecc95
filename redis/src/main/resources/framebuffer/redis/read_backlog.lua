-- Reads the backlog: frames in the capture stream that wait for the hand-off, and frames in work queues. The cost does not depend on their
-- lengths.
--
-- KEYS  1 capture stream   2… work queues
-- ARGV  1 our group on the capture stream
-- Returns  for the capture stream: length, entries pending in our group, entries that the group has not read, age of the oldest of
--          both in milliseconds; then for each queue: length, entries pending, entries outstanding (-1: no such queue).

-- Phantoms are pending entries whose frame was trimmed. Count them only up to this limit: they are soon found and counted as lost.
local MOST_PHANTOMS = 1000

local function less(a, b)
  local am, as = string.match(a, '(%d+)-(%d+)')
  local bm, bs = string.match(b, '(%d+)-(%d+)')
  if am ~= bm then return #am < #bm or (#am == #bm and am < bm) end
  return #as < #bs or (#as == #bs and as < bs)
end

local function first_after(id)
  return redis.call('XRANGE', KEYS[1], '(' .. id, '+', 'COUNT', 1)[1]
end

local function age(id)
  local now = redis.call('TIME')
  return math.max(0, now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(string.match(id, '^%d+')))
end

-- XINFO's lag includes entries that were trimmed unread, forever. If our group is the only one, a better count exists: a hand-off deletes
-- acknowledged entries, so each existing entry that is not pending is unread.
local function unread(length, group, alone, first, phantoms)
  if less(group[8], first) then return length end
  if alone then return math.max(0, length - group[6] + phantoms) end
  return math.min(length, group[12] or length)
end

local function capture()
  local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
  if groups.err then return 0, 0, 0, 0 end
  local length = redis.call('XLEN', KEYS[1])
  local first = first_after('0-0')
  first = first and first[1]
  local ours
  for _, group in ipairs(groups) do
    if group[2] == ARGV[1] then ours = group end
  end
  if not ours then return length, 0, length, first and age(first) or 0 end
  if not first then return 0, ours[6], 0, 0 end
  local phantoms, oldest = 0, {}
  if ours[6] > 0 then
    phantoms = #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '(' .. first, MOST_PHANTOMS)
    oldest = redis.call('XPENDING', KEYS[1], ARGV[1], first, '+', 1)[1] or first_after(ours[8]) or {}
  else
    oldest = first_after(ours[8]) or {}
  end
  return length, ours[6], unread(length, ours, #groups == 1, first, phantoms), oldest[1] and age(oldest[1]) or 0
end

local reply = { capture() }
for q = 2, #KEYS do
  local owed, length, pending = outstanding(KEYS[q])
  reply[#reply + 1] = length or 0
  reply[#reply + 1] = pending or 0
  reply[#reply + 1] = owed or -1
end
return reply
