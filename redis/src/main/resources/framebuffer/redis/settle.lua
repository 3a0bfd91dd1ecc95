-- The last step of a hand-off in one transaction: takes the frames that permit.lua refused out of their queues, and deletes the others from
-- their source. A permitted frame that is not in its queue (for example because its ids are used up) becomes pending again. If permit.lua
-- has left no verdict, no frame was permitted.
--
-- KEYS  1 capture stream   2 verdict   3… work queues, as for permit.lua
-- ARGV  1 group of the source   2 consumer   3… number of frames sent to each queue, one value each; then the queue of each frame
--       (index), in one value; then the newest of the entry ids; then the entry id of each frame, which is its capture id too
-- Returns  one letter per frame, as in hand_off.lua; none when nothing was permitted.

local source, verdict, FIXED = KEYS[1], KEYS[2], 2
local group, consumer = ARGV[1], ARGV[2]
local queues = #KEYS - FIXED
local first = 4 + queues
local newest, frames = ARGV[first], #ARGV - first

local said = redis.call('GET', verdict)
redis.call('DEL', verdict)
local lengths, letters = string.match(said or '', '^([%d ]*)|?(%a*)$')

-- The capture ids of the frames sent to each queue, in order.
local function meant()
  local ids, i = {}, 0
  for index in string.gmatch(ARGV[first - 1], '%d+') do
    i = i + 1
    local of = ids[tonumber(index)] or {}
    of[#of + 1] = ARGV[first + i]
    ids[tonumber(index)] = of
  end
  return ids
end

local function capture_id_of(entry)
  for f = 1, #entry[2], 2 do
    if entry[2][f] == 'capture_id' then return entry[2][f + 1] end
  end
end

-- Even the lengths of the queues are unknown. Nothing came in between, so the appended frames are at the end of each queue: the longest run
-- there that equals the first frames sent to the queue, in order.
if not said then
  for queue, ids in pairs(meant()) do
    local key = KEYS[FIXED + queue]
    local newest = redis.pcall('XREVRANGE', key, '+', '-', 'COUNT', #ids)
    for n = newest.err and 0 or #newest, 1, -1 do
      local there = {}
      for i = 1, n do
        if capture_id_of(newest[n - i + 1]) ~= ids[i] then break end
        there[i] = newest[n - i + 1][1]
      end
      if #there == n then
        redis.call('XDEL', key, unpack(there))
        break
      end
    end
  end
  return ''
end

-- How many frames were appended to each queue, and whether these are all that were sent.
local appended, q, complete = {}, 0, true
for length in string.gmatch(lengths, '%d+') do
  q = q + 1
  local now = redis.pcall('XLEN', KEYS[FIXED + q])
  appended[q] = type(now) == 'number' and now - length or 0
  complete = complete and appended[q] == tonumber(ARGV[2 + q])
end

-- Inspects each frame; rarely needed.
local function take_back()
  local of, ids, seen, outcomes = {}, {}, {}, {}
  for index in string.gmatch(ARGV[first - 1], '%d+') do of[#of + 1] = tonumber(index) end
  for i = 1, frames do
    local queue, letter = of[i], letters == '' and '-' or string.sub(letters, i, i)
    local key, nth = KEYS[FIXED + queue], (seen[queue] or 0) + 1
    seen[queue] = nth
    if nth > appended[queue] then
      if letter == 'h' then
        redis.call('XCLAIM', source, group, consumer, 0, ARGV[first + i], 'FORCE', 'JUSTID')
        letter = 'c'
      end
    elseif letter ~= 'h' then
      ids[queue] = ids[queue] or redis.call('XREVRANGE', key, '+', '-', 'COUNT', appended[queue])
      redis.call('XDEL', key, ids[queue][appended[queue] - nth + 1][1])
    end
    outcomes[i] = letter
  end
  return letters == '' and '' or table.concat(outcomes)
end

if letters == '' or not complete or string.find(letters, '[^h]') then letters = take_back() end

local gone, newest_gone = {}, false
for i = 1, frames do
  if string.byte(letters, i) == 104 then
    gone[#gone + 1] = ARGV[first + i]
    newest_gone = newest_gone or ARGV[first + i] == newest
  end
end

-- Returns the entries to delete that trimming does not cover. Our group is the only one and was given the newest entry, so all entries
-- before it were delivered. Those before the oldest pending entry were acknowledged too. Trimming drops whole nodes, which is far cheaper
-- than deleting each entry.
local function left_after_trim()
  local pending = newest_gone and redis.pcall('XPENDING', source, group)
  if not pending or pending.err then return gone end
  local bound = pending[1] > 0 and less(pending[2], newest) and pending[2] or newest
  local trimmed = redis.pcall('XTRIM', source, 'MINID', bound)
  if type(trimmed) == 'table' then return gone end
  if bound == newest then return { newest } end
  local left = {}
  for _, entry in ipairs(gone) do
    if not less(entry, bound) then left[#left + 1] = entry end
  end
  return left
end

-- If other groups read the capture stream too, the entry stays until all have read it.
if #gone > 0 and #redis.call('XINFO', 'GROUPS', source) == 1 then
  gone = left_after_trim()
  for i = 1, #gone, 1000 do redis.call('XDEL', source, unpack(gone, i, math.min(i + 999, #gone))) end
end
return letters
