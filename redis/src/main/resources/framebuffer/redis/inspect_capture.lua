-- Looks after the capture stream: counts as lost what others trimmed away before our group had read it (contract 3.6), and tells how
-- far each group is.
--
-- What was added and is neither read nor there was lost. How much is still unread is known where the trimming has reached what we
-- had not read, where we have read all, and where we are the only group, whose read entries leave with their acknowledgement; in
-- the other cases it is known later, for the counts of what was added and read go on.
--
-- What nobody had read is lost, too, when the key is deleted or evicted. How much that was is known from the look before ('seen': how many
-- were unread, how many had been counted as captured, how many ever added).
--
-- KEYS  1 capture stream   2 ledger
-- ARGV  1 our group   2 most fields in the ledger
-- Returns  the number newly counted as lost; then for each group: name, last id delivered, entries pending, 1 if something is left
--          for it to read or to acknowledge.

local stream = redis.pcall('XINFO', 'STREAM', KEYS[1])
local wrong = expect(KEYS[2], 'hash')
if wrong then return wrong end

local function known(field) return tonumber(redis.call('HGET', KEYS[2], field) or '0') or 0 end

local seen = redis.call('HGET', KEYS[2], 'seen') or ''
local unread_before, counted_before, added_before = string.match(seen, '^(%d+) (%d+) (%d+)$')

-- The stream that was here is gone with what was unread in it: less what has been read and counted since.
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

-- Entries that are there and that our group has not read, and whether that is exact or at most so many; nil when it is not known.
local function unread(delivered, pending)
  if not last or not less(delivered, last) then return 0, true end
  if less(delivered, first) then return about['length'], true end
  if #groups > 1 then return nil end
  if pending > 0 and less(redis.call('XPENDING', KEYS[1], ARGV[1])[2], first) then
    pending = #redis.call('XPENDING', KEYS[1], ARGV[1], first, delivered, pending)
  end
  return about['length'] - pending, false
end

-- How many entries our group was given. Redis counts them, but forgets what was read since its last snapshot when it is restarted from
-- an append-only file, and a replica that takes over never knew. So when it is another run of Redis than it was, the ledger's own
-- count says how far off it is from now on. Who may not ask for the run (INFO) has what Redis says.
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
    -- Nobody has looked since the ledger began, and Redis knows of fewer than were counted: it was started anew since.
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
  -- Fewer than were counted: the group is another than it was.
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
