-- Decides which entries of the returned stream are frames that were handed off (docs/adr/0030-returned-frames.md). An entry is accepted if
-- its signature is valid and its work queue lacks an entry that we did not remove: the processor has deleted it to return it. Such an entry
-- accounts for one returned frame only. Entries that our own scripts wrote are accepted already. A repeated call has no further effect.
--
-- KEYS  1 accepted returns   2 taken   3 ledger   4 parts   5 returned stream   6… work queues
-- ARGV  1 our group of the returned stream   then for each entry: id, index of the work queue that its signature names ('0': no valid signature), capture id
-- Returns  for each entry a accepted or r refused. One that is not pending any more was handed off since it was read.

local accepted, taken, returned, FIXED = KEYS[1], KEYS[2], KEYS[5], 5
local keys = { ledger = KEYS[3], parts = KEYS[4] }
local wrong = expect(accepted, 'hash') or expect(taken, 'hash') or expect(keys.parts, 'hash')
if wrong then return wrong end

local function lacks_entry(queue)
  local length = redis.pcall('XLEN', queue)
  local figures = redis.call('HMGET', taken, 'handed:' .. queue, 'left:' .. queue)
  local expected = (tonumber(figures[1] or '0') or 0) - (tonumber(figures[2] or '0') or 0)
  return expected > (type(length) == 'number' and length or 0)
end

-- The part of a frame with several parts that was in this queue and is not there any more. Returns whether the frame has one part, or such
-- a part.
local function part_moved(capture_id, queue, entry)
  local left, _, places = parts_of(keys.parts, capture_id)
  if not left then return true end
  local from = '>' .. queue .. '='
  for _, place in ipairs(places) do
    local id = string.sub(place, #from + 1)
    if string.sub(place, 1, #from) == from and not redis.call('XRANGE', queue, id, id)[1] then
      went(keys, capture_id, place, { place_of(returned, entry) })
      return true
    end
  end
  return false
end

local letters = {}
for a = 2, #ARGV, 3 do
  local entry, q, letter = ARGV[a], tonumber(ARGV[a + 1]), 'r'
  if redis.call('HEXISTS', accepted, entry) == 1 then
    letter = 'a'
  elseif q > 0 and #redis.call('XPENDING', returned, ARGV[1], entry, entry, 1) > 0 and lacks_entry(KEYS[FIXED + q])
    and part_moved(ARGV[a + 2], KEYS[FIXED + q], entry) then
    add(taken, 'left:' .. KEYS[FIXED + q], 1)
    add(taken, 'handed:' .. returned, 1)
    redis.call('HSET', accepted, entry, 1)
    letter = 'a'
  end
  letters[#letters + 1] = letter
end
return table.concat(letters)
