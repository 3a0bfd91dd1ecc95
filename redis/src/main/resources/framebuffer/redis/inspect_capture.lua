-- Inspects the capture stream: counts as lost the frames that others trimmed before our group read them (docs/protocol.md 4.1), and returns the
-- progress of each group.
--
-- An entry that was added, is not read and does not exist is lost. The number of unread entries is known in three cases: the trimming has
-- reached unread entries, our group has read all, or our group is the only one, whose entries leave with their acknowledgement. In other
-- cases the loss is found later, because the counts of added and read entries continue.
--
-- Unread frames are also lost when the key is deleted or evicted. Their number comes from the last inspection ('seen': entries unread,
-- frames counted as captured, entries added).
--
-- KEYS  1 capture stream   2 ledger
-- ARGV  1 our group   2 maximum number of fields in the ledger
-- Returns  the number of frames newly counted as lost; then for each group: name, last id delivered, entries pending, 1 if entries
--          remain for it to read or acknowledge.

local stream = redis.pcall('XINFO', 'STREAM', KEYS[1])
local wrong = expect(KEYS[2], 'hash')
if wrong then return wrong end

local function known(field) return tonumber(redis.call('HGET', KEYS[2], field) or '0') or 0 end

local seen = redis.call('HGET', KEYS[2], 'seen') or ''
local unread_before, counted_before, added_before = string.match(seen, '^(%d+) (%d+) (%d+)$')

-- The previous stream and its unread entries are gone, except for the entries that were read and counted since.
local function lost_with_its_key()
  local lost = unread_before and math.max(0, unread_before - math.max(0, known('counted') - counted_before)) or 0
  redis.call('HDEL', KEYS[2], 'seen', 'trimmed', 'run', 'read_correction', 'read_offset')
  if lost > 0 then
    captured(KEYS[2], 'unknown', lost, tonumber(ARGV[2]))
    ended(KEYS[2], 'unknown', 'lost', lost)
  end
  return lost
end

if stream.err then return { unread_before and lost_with_its_key() or 0 } end
local about = {}
for i = 1, #stream, 2 do about[stream[i]] = stream[i + 1] end
local first = about['first-entry'] and about['first-entry'][1]
local last = about['last-entry'] and about['last-entry'][1]
local groups = redis.call('XINFO', 'GROUPS', KEYS[1])

-- Existing entries that our group has not read, and whether the number is exact or an upper bound; nil when it is unknown.
local function unread(delivered, pending)
  if not last or not less(delivered, last) then return 0, true end
  if less(delivered, first) then return about['length'], true end
  if #groups > 1 then return nil end
  if pending > 0 and less(redis.call('XPENDING', KEYS[1], ARGV[1])[2], first) then
    pending = #redis.call('XPENDING', KEYS[1], ARGV[1], first, delivered, pending)
  end
  return about['length'] - pending, false
end

-- How many entries were delivered to our group. Redis's count is too low after a restart from an append-only file, and after a failover to
-- a replica. So after each change of Redis's run id, the ledger's own count corrects it. Without the right to INFO, Redis's count is used.
local function given(entries_read)
  local _, uncounted = pending_and_uncounted(KEYS[1], ARGV[1], KEYS[2])
  local own = known('counted') + uncounted
  local info = redis.pcall('INFO', 'server')
  local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or 'unknown'
  local correction = known('read_correction')
  local before = redis.call('HGET', KEYS[2], 'run')
  if before and before ~= run then
    correction = own + known('read_offset') - entries_read
  elseif not before and entries_read < own then
    -- No inspection since the ledger began, and Redis counts fewer entries than the ledger: Redis has restarted since.
    correction = own - entries_read
  end
  redis.call('HSET', KEYS[2], 'run', run, 'read_correction', correction, 'read_offset', entries_read + correction - own)
  return entries_read + correction
end

local function newly_lost(group)
  if not group[10] then return 0 end
  local read = given(group[10])
  local there, exact = unread(group[8], group[6])
  if not there then return 0 end
  local stands = string.format('%.0f %.0f %.0f', math.max(0, there), known('counted'), about['entries-added'])
  if stands ~= seen then redis.call('HSET', KEYS[2], 'seen', stands) end
  local lost = about['entries-added'] - read - there
  local before = tonumber(redis.call('HGET', KEYS[2], 'trimmed') or '0') or 0
  -- Fewer than already counted: the group is a new one.
  if lost > before or (exact and lost < before) then redis.call('HSET', KEYS[2], 'trimmed', lost) end
  return math.max(0, lost - before)
end

local reply = { 0 }
if added_before and about['entries-added'] < tonumber(added_before) then reply[1] = lost_with_its_key() end
for _, group in ipairs(groups) do
  if group[2] == ARGV[1] then
    local lost = newly_lost(group)
    if lost > 0 then
      captured(KEYS[2], 'unknown', lost, tonumber(ARGV[2]))
      ended(KEYS[2], 'unknown', 'lost', lost)
      reply[1] = reply[1] + lost
    end
  end
  local left = group[6] > 0 or (last and less(group[8], last))
  for _, value in ipairs({ group[2], group[8], group[6], left and 1 or 0 }) do reply[#reply + 1] = value end
end
return reply
