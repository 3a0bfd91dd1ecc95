-- Room: the number of further frames that may be outstanding in a queue (docs/protocol.md 5.3).

-- Returns the entries that the queue's groups have not acknowledged (all entries if it has no group), the queue's length, and the number of
-- pending entries over all groups. nil when the key is missing or not a stream: a frame must not recreate the queue of a removed processor,
-- where nobody would read it. Each registered processor has a queue. XINFO's lag is nil after an undelivered entry was deleted, and too
-- high forever after unread entries were trimmed. The queue's length bounds it. The length includes acknowledged entries that are not
-- deleted yet, so until then the result is too high, and the room too small; entries deleted without acknowledgement occupy no room.
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

-- Limits the capacities to this partition's shares, if a processor's capacity is shared among partitions (docs/adr/0014-partitions.md). The
-- shares hash holds 'SHARE VERSION' for each queue. `first` is the index in KEYS of the first queue.
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
