-- One step of the gate: takes the next frames of the producers, and copies each to the stream of this service or to the stream of the older
-- service. The place of the gate in the producers' stream is the group of this service, so that each frame is taken once, whichever
-- instance runs the script (docs/adr/0032-gate.md).
--
-- KEYS  1 producers' stream   2 stream of this service   3 stream of the older service   4 switches   5 counts of the gate
-- ARGV  1 group of this service   2 most frames   3 most entries of the older service's stream
-- Returns  nothing if the gate is off; otherwise the number of frames taken, and the id of the last one that was ever taken.

local produced, own, legacy, switches, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local set = redis.call('HMGET', switches, 'gate', 'split', 'split_by')
if set[1] ~= 'true' then return {} end
local percent = string.match(set[2] or '', '^%d%d?%d?$') and tonumber(set[2]) or 0
if percent > 100 then percent = 0 end

for _, stream in ipairs({ produced, own, legacy }) do
  local kind = redis.call('TYPE', stream).ok
  if kind ~= 'stream' and kind ~= 'none' then
    return redis.error_reply('WRONGTYPE ' .. stream .. ' is a ' .. kind .. ', not a stream')
  end
end
local group = group_of(produced, ARGV[1])
-- The producers' stream was deleted: what is in it now is new.
if not group then place(produced, ARGV[1]) end

local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], 'gate', 'COUNT', ARGV[2], 'NOACK', 'STREAMS', produced, '>')
if not read then return { 0, group and group[8] or '0-0' } end
local entries = read[1][2]

-- A camera has a fixed place among 10,000 (TrafficSwitches.java).
local function camera_is_ours(fields)
  local camera = ''
  for f = 1, #fields, 2 do
    if fields[f] == 'camera_id' then camera = fields[f + 1] end
  end
  return tonumber(string.sub(redis.sha1hex(camera), 1, 8), 16) % 10000 < percent * 100
end

-- Exactly the percentage of any 100 consecutive frames.
local number = redis.call('HINCRBY', counts, 'frames', #entries) - #entries
local function frame_is_ours(n)
  local place = n % 100
  return math.floor((place + 1) * percent / 100) > math.floor(place * percent / 100)
end

local by_frame, ours, theirs, too_large = set[3] == 'frame', 0, 0, 0
for i, entry in ipairs(entries) do
  local is_ours
  if by_frame then is_ours = frame_is_ours(number + i - 1) else is_ours = camera_is_ours(entry[2]) end
  if not copy(entry, is_ours and own or legacy) then
    too_large = too_large + 1
  elseif is_ours then
    ours = ours + 1
  else
    theirs = theirs + 1
  end
end

local function count(what, n)
  if n > 0 then
    redis.call('HINCRBY', counts, what, n)
    redis.call('HINCRBY', counts, what .. ':' .. (redis.call('HGET', counts, 'step') or '0'), n)
  end
end
count('ours', ours)
count('legacy', theirs)
count('too_large', too_large)

trim_behind_groups(produced)
if theirs > 0 then
  trim_behind_groups(legacy)
  local over = redis.call('XLEN', legacy) - tonumber(ARGV[3])
  if over > 0 then count('dropped', redis.call('XTRIM', legacy, 'MAXLEN', '=', ARGV[3])) end
end
return { #entries, entries[#entries][1] }
