-- The first step of a hand-off in one transaction (docs/adr/0013-hand-off-in-a-transaction.md). This script decides which frames may go.
-- Then a command for each frame appends it to its queue in any case, and settle.lua takes the refused frames back. No other client sees the
-- steps between. For frames of the capture stream with one target each.
--
-- KEYS  1 capture stream   2 ledger   3 verdict   4 shares   5 taken   6… work queues
-- ARGV  1 group of the source   2 maximum number of fields in the ledger   3 '1': each frame names the entry it must not overtake
--       4… capacities of the queues, one value each
--       then: consumer, its cursor as the caller knows it, its new cursor, number of counts, (camera, count)… as in hand_off.lua
--       then frames to the end: entry id, queue (index), and if ARGV 3 is '1' also camera, and the entry of the source that must not
--       be pending ('0-0': only frames of this batch count; '': the frame may overtake)
-- Returns  the room left in each queue, -1 where the key is not a stream.

local source, ledger, verdict, FIXED = KEYS[1], KEYS[2], KEYS[3], 5
local group, most_fields, in_order = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local queues = #KEYS - FIXED

-- Record the lengths of the queues first: whatever happens here, the frames will be appended and must be found again.
local room, lengths, capacities = {}, {}, {}
for q = 1, queues do capacities[q] = tonumber(ARGV[3 + q]) end
share(KEYS[4], FIXED + 1, capacities)
for q = 1, queues do
  local used, length = outstanding(KEYS[FIXED + q])
  room[q] = used and math.max(0, capacities[q] - used) or -1
  lengths[q] = length or 0
end
lengths = table.concat(lengths, ' ')
redis.call('SET', verdict, lengths)

local wrong = lacks(ledger, 'HSET HINCRBY') or (in_order and lacks(source, 'XPENDING')) or expect(source, 'stream') or expect(ledger, 'hash')
if wrong then return wrong end

local a = 4 + queues
local consumer, known_cursor, cursor, counts = ARGV[a], ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3])
a = a + 4
if cursor ~= '' and redis.call('HGET', ledger, 'cursor:' .. consumer) ~= known_cursor then
  return redis.error_reply('FENCED what was pending for ' .. consumer .. ' has been taken over meanwhile')
end
-- Source entries that frames must not overtake, and whether they are still pending. All checks precede the first write.
local step, last, pending = in_order and 4 or 2, #ARGV, {}
if in_order then
  for f = a + 2 * counts, last, step do
    local before = ARGV[f + 3]
    if before ~= '' and before ~= '0-0' and pending[before] == nil then
      pending[before] = #redis.call('XPENDING', source, group, before, before, 1) > 0
    end
  end
end

local counted = 0
for _ = 1, counts do
  captured(ledger, ARGV[a], ARGV[a + 1], most_fields)
  counted = counted + ARGV[a + 1]
  a = a + 2
end
if counted > 0 then add(ledger, 'counted', counted) end
if cursor ~= '' then redis.call('HSET', ledger, 'cursor:' .. consumer, cursor) end

-- Whether the frame would overtake a frame of its camera, in this batch or still pending.
local left_behind = {}
local function overtakes(camera, before)
  return before ~= '' and (left_behind[camera] or pending[before])
end

local letters, handed = {}, {}
while a <= last do
  local entry, q, letter = ARGV[a], tonumber(ARGV[a + 1]), nil
  if room[q] < 0 then
    letter = 'c'
  elseif room[q] == 0 or (in_order and overtakes(ARGV[a + 2], ARGV[a + 3])) then
    letter = 'f'
  elseif redis.call('XACK', source, group, entry) == 1 then
    letter = 'h'
    room[q] = room[q] - 1
    handed[q] = (handed[q] or 0) + 1
  else
    letter = 'g'
  end
  if in_order and (letter == 'f' or letter == 'c') then left_behind[ARGV[a + 2]] = true end
  letters[#letters + 1] = letter
  a = a + step
end
for q, n in pairs(handed) do add(KEYS[5], 'handed:' .. KEYS[FIXED + q], n) end
redis.call('SET', verdict, lengths .. '|' .. table.concat(letters))
return room
