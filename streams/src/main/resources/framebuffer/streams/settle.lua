-- The end of a hand-off in one transaction: what permit.lua did not permit is taken out of its queue again, and the rest leaves its
-- source. A frame that was permitted and is not in its queue (whose ids are used up, say) is pending again.
--
-- KEYS  1 source stream   2 verdict   3… work queues, as for permit.lua
-- ARGV  1 group of the source   2 consumer   3 'capture' or 'returned'   4 how many frames were to be appended to each queue, one value
--       each, from here on; then the queue of each frame (index), in one value; then the entry id of each frame
-- Returns  one letter per frame, as hand_off.lua does; none when nothing was permitted.

local source, verdict, FIXED = KEYS[1], KEYS[2], 2
local group, consumer, from_capture = ARGV[1], ARGV[2], ARGV[3] == 'capture'
local queues = #KEYS - FIXED
local first = 4 + queues
local frames = #ARGV - first

local lengths, letters = string.match(redis.call('GET', verdict), '^([%d ]*)|?(%a*)$')
redis.call('DEL', verdict)

-- How many were appended to each queue; and whether that is as many as were to be.
local appended, q, complete = {}, 0, true
for length in string.gmatch(lengths, '%d+') do
  q = q + 1
  local now = redis.pcall('XLEN', KEYS[FIXED + q])
  appended[q] = type(now) == 'number' and now - length or 0
  complete = complete and appended[q] == tonumber(ARGV[3 + q])
end

-- Looks at each frame: rare.
local function take_back()
  local of, ids, seen, outcomes = {}, {}, {}, {}
  for index in string.gmatch(ARGV[first], '%d+') do of[#of + 1] = tonumber(index) end
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

-- Others may read the capture stream too: then the entry stays until all have read it.
local gone = {}
for i = 1, frames do
  if string.byte(letters, i) == 104 then gone[#gone + 1] = ARGV[first + i] end
end
if #gone > 0 and (not from_capture or #redis.call('XINFO', 'GROUPS', source) == 1) then
  for i = 1, #gone, 1000 do redis.call('XDEL', source, unpack(gone, i, math.min(i + 999, #gone))) end
end
return letters
