-- Deletes entries that a processor acknowledged but did not delete, and counts them as done (docs/protocol.md 5.4). A call inspects a bounded
-- number of entries, whatever the length of the queue, and reads only the fields of entries that it deletes.
--
-- KEYS  1 work queue   2 ledger   3 parts   4 completed   5 circuits   6 taken
-- ARGV  1 processor   2 inspect entries after this id   3 maximum number of entries to inspect
-- Returns  the number of entries deleted; the id to continue after ('0-0': start again); then for each frame that has ended and whose
--          producer limits the time that its pixels are kept: the fields that name them.

local queue, after, most = KEYS[1], ARGV[2], tonumber(ARGV[3])
local NOTHING = { 0, '0-0' }

local groups = redis.pcall('XINFO', 'GROUPS', queue)
if groups.err or #groups == 0 then return NOTHING end

-- Only entries that were delivered to every group can be acknowledged.
local delivered = groups[1][8]
for _, group in ipairs(groups) do
  if less(group[8], delivered) then delivered = group[8] end
end

local wrong = expect(KEYS[2], 'hash') or expect(KEYS[3], 'hash') or expect(KEYS[4], 'hash')
if wrong then return wrong end

if not less(after, delivered) then after = '0-0' end
local owed, last = {}, delivered
for _, group in ipairs(groups) do
  local some = redis.call('XPENDING', queue, group[2], '(' .. after, last, most)
  for _, one in ipairs(some) do owed[#owed + 1] = one[1] end
  -- The list is cut off: which later entries are pending is unknown.
  if #some == most then last = some[most][1] end
end
if #groups > 1 then table.sort(owed, less) end

local removed, ours, keys = {}, 0, { ledger = KEYS[2], parts = KEYS[3] }
local ended_frames = {}

local PIXELS = { frame_id = 1, frame_buffer_key = 1, pixels_keep_ms = 1 }
local function note_pixels(fields)
  local names = {}
  for f = 1, #fields, 2 do
    if PIXELS[fields[f]] then
      names[#names + 1] = fields[f]
      names[#names + 1] = fields[f + 1]
    end
  end
  ended_frames[#ended_frames + 1] = names
end

-- Deletes entries after `after` up to and including `to`; with '(' before `to`, excluding it.
local function remove(to)
  for _, entry in ipairs(redis.call('XRANGE', queue, '(' .. after, to, 'COUNT', most - #removed)) do
    local id, fields = entry[1], entry[2]
    local camera, capture_id, limited
    for f = 1, #fields, 2 do
      if fields[f] == 'camera_id' then
        camera = fields[f + 1]
      elseif fields[f] == 'capture_id' then
        capture_id = fields[f + 1]
      elseif fields[f] == 'pixels_keep_ms' then
        limited = true
      end
    end
    removed[#removed + 1] = id
    -- An entry that we did not hand off was never counted as captured.
    if camera and capture_id then
      local whole = part_ended(keys, capture_id, camera, 'done', place_of(queue, id))
      if whole and limited then note_pixels(fields) end
      completed(KEYS[4], ARGV[1], capture_id)
      ours = ours + 1
    end
  end
end

-- The entries between those that are owed are acknowledged.
for _, id in ipairs(owed) do
  if less(last, id) or #removed == most then break end
  remove('(' .. id)
  after = id
end
if #removed < most and less(after, last) then remove(last) end

if #removed > 0 then
  redis.call('XDEL', queue, unpack(removed))
  circuit_succeeded(KEYS[5], ARGV[1])
  if ours > 0 then add(KEYS[6], 'left:' .. queue, ours) end
end
if #removed == most then
  last = removed[most]
elseif last == delivered then
  last = '0-0'
end
return { #removed, last, unpack(ended_frames) }
