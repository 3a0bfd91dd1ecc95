-- Reads the keys of the pixels of frames in flight that were captured some time ago, a bounded slice of them, stream by stream
-- (docs/adr/0025-life-of-pixels.md). Frames with inline pixels need nothing.
--
-- KEYS  streams in which frames lie
-- ARGV  1 capture stream   2 our group there   3 age from which a frame counts, in milliseconds   4 prefix of the keys of pixels
--       5 read the entries after this id, in each stream   6 the same for the first stream, where the last slice ended ('': none)
--       7 maximum number of entries to read   8 number of bytes after which the slice ends
-- Returns  Redis's time in milliseconds; number of streams read to their end; the last id that was read in the next one ('': none);
--          then the keys.

-- Entries may be large: read as many at once as probably have this number of bytes.
local CHUNK, MOST_AT_ONCE = 262144, 100

local capture, group, age, prefix, from = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local entries, bytes = tonumber(ARGV[7]), tonumber(ARGV[8])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = { string.format('%.0f', now), 0, '' }

local function ms_of(id)
  return tonumber(string.match(id or '', '^%d+')) or 0
end

-- The last id before this one. A sequence number that Lua cannot count counts as 0, so that more entries are read.
local function before(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  if seq ~= '0' and #seq < 15 then return string.format('%s-%.0f', ms, seq - 1) end
  return ms == '0' and '0-0' or string.format('%.0f-18446744073709551615', ms - 1)
end

-- The id after which the entries begin that our group needs. Before it are only entries that other groups hold.
local function needed_after()
  local groups = redis.pcall('XINFO', 'GROUPS', capture)
  for _, one in ipairs(groups.err and {} or groups) do
    if one[2] == group then
      return one[6] > 0 and before(redis.call('XPENDING', capture, group)[2]) or one[8]
    end
  end
  return '0-0'
end

-- Adds the key of the frame's pixels, if it was captured long enough ago. Returns the size of the entry.
local function add_pixels(id, fields, in_capture)
  local size, frame_id, named, captured_at, inline = 0, nil, nil, ms_of(id), false
  for f = 1, #fields, 2 do
    local name, value = fields[f], fields[f + 1]
    size = size + #value
    if name == 'frame_id' then
      frame_id = value
    elseif name == 'frame_buffer_key' then
      named = value
    elseif name == 'data' or name == 'image_data' then
      inline = inline or value ~= ''
    elseif name == 'capture_id' and not in_capture then
      captured_at = math.min(captured_at, ms_of(value))
    end
  end
  if not inline and captured_at <= now - age then
    local key = named and named ~= '' and named or (frame_id and frame_id ~= '' and prefix .. frame_id)
    if key then reply[#reply + 1] = key end
  end
  return size
end

-- Reads a stream after this id. Returns the last id that was read if the slice ends before the stream does.
local function read(stream, after)
  local in_capture, at_once = stream == capture, 1
  if in_capture then
    local needed = needed_after()
    if less(after, needed) then after = needed end
  end
  while true do
    if entries <= 0 or bytes <= 0 then return after end
    local count, size = math.min(at_once, entries), 0
    local some = redis.pcall('XRANGE', stream, '(' .. after, '+', 'COUNT', count)
    if some.err then return nil end
    entries = entries - #some
    for _, entry in ipairs(some) do
      -- The entries of the capture stream are in the order of their age.
      if in_capture and ms_of(entry[1]) > now - age then return nil end
      size = size + add_pixels(entry[1], entry[2], in_capture)
      after = entry[1]
    end
    bytes = bytes - size
    if #some < count then return nil end
    at_once = math.max(1, math.min(MOST_AT_ONCE, math.floor(CHUNK * #some / math.max(1, size))))
  end
end

for s, stream in ipairs(KEYS) do
  local last = read(stream, s == 1 and ARGV[6] ~= '' and ARGV[6] or from)
  if last then
    reply[3] = last
    return reply
  end
  reply[2] = s
end
return reply
