-- Room: how many frames more may be outstanding in a queue (contract 2.5).

-- Entries that the queue's groups have not acknowledged; with no group, all. Then the queue's length, and how many were delivered and
-- not acknowledged, added up over the groups. nil when the key is no stream, or not there: the queue
-- of a processor that is gone must not come back to life with a frame in it that nobody will read. Who is registered has a queue.
-- XINFO's lag is nil after an entry behind the last delivered one was deleted, and for ever too large after unread ones were
-- trimmed. The queue's length bounds it: that counts what is acknowledged but not yet removed too, so it errs on the side of
-- less room until that is removed, and what was deleted without being acknowledged holds no room.
local function outstanding_of(groups, length)
  if #groups == 0 then return length, 0 end
  local pending, unread = 0, 0
  for _, group in ipairs(groups) do
    pending = pending + group[6]
    local lag = group[12]
    unread = unread and lag and math.max(unread, lag)
  end
  return unread and math.min(length, pending + unread) or length, pending
end

local function outstanding(queue)
  local groups = redis.pcall('XINFO', 'GROUPS', queue)
  if groups.err then return nil end
  local length = redis.call('XLEN', queue)
  local owed, pending = outstanding_of(groups, length)
  return owed, length, pending
end

-- Room left below the capacity, at least 0; -1 when there is no such queue.
local function room_of(queue, capacity)
  local used = outstanding(queue)
  if not used then return -1 end
  return math.max(0, capacity - used)
end

-- Where a processor's capacity is shared out over partitions (docs/adr/0014-partitions.md), what of it is this one's: 'SHARE VERSION'
-- for each queue. Lowers the capacities to that; they belong to the keys from the first one given on.
local function share(shares, first, capacities)
  if redis.call('EXISTS', shares) == 0 then return end
  for from = 1, #capacities, 1000 do
    local to = math.min(from + 999, #capacities)
    local fields = redis.pcall('HMGET', shares, unpack(KEYS, first + from - 1, first + to - 1))
    for f = 1, fields.err and 0 or #fields do
      if fields[f] then
        local q = from + f - 1
        capacities[q] = math.min(capacities[q], tonumber(string.match(fields[f], '^%d+') or capacities[q]))
      end
    end
  end
end
