-- After the gate was taken away: moves what the older service left in its own stream back to the producers' stream, which it reads again.
-- A bounded part in each call.
--
-- KEYS  1 stream of the older service   2 producers' stream   3 switches   4 counts of the gate
-- ARGV  1 group of the older service   2 most frames in this call
-- Returns  the number of frames that are left; -1 if the gate is on.

local legacy, produced, switches, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('HGET', switches, 'gate') == 'true' then return -1 end
local group = group_of(legacy, ARGV[1])
local moved = 0
local function move(entry)
  if #entry[2] <= MOST_VALUES then redis.call('XADD', produced, '*', unpack(entry[2])) end
  redis.call('XDEL', legacy, entry[1])
  moved = moved + 1
end
local after = '0-0'
if group then
  for _, one in ipairs(redis.call('XPENDING', legacy, ARGV[1], '-', '+', ARGV[2])) do
    local found = redis.call('XRANGE', legacy, one[1], one[1])[1]
    if found then move(found) end
    redis.call('XACK', legacy, ARGV[1], one[1])
  end
  after = group[8]
end
if moved < tonumber(ARGV[2]) then
  for _, entry in ipairs(redis.call('XRANGE', legacy, '(' .. after, '+', 'COUNT', ARGV[2] - moved)) do move(entry) end
end
if moved > 0 then redis.call('HINCRBY', counts, 'given_back', moved) end
local held = 0
if group then held = redis.call('XPENDING', legacy, ARGV[1])[1] end
if held > 0 or #redis.call('XRANGE', legacy, '(' .. after, '+', 'COUNT', 1) > 0 then return math.max(1, held) end
redis.call('DEL', legacy)
return 0
