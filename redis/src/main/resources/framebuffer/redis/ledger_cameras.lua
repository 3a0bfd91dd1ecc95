-- Assigns ended frames of unknown cameras to their cameras. An end without a known camera counts under 'unknown'. The vanished frames of a
-- camera are those that have begun, have not ended and do not exist. To keep a step short, this runs only while few frames are in flight.

-- Frames that have begun and not ended, in total and by camera, and the last entry that was counted as captured.
local function read_books(ledger)
  local books, sum, cameras, furthest = redis.call('HGETALL', ledger), 0, {}, '0-0'
  for i = 1, #books, 2 do
    local what, whose = string.match(books[i], '^([^:]+):(.*)$')
    if books[i] == 'counted_up_to' then what = 'cursor' end
    if what == 'cursor' then
      if string.find(books[i + 1], '^%d+%-%d+$') and less(furthest, books[i + 1]) then furthest = books[i + 1] end
    elseif what and (what == 'captured' or RANK[what] or string.sub(what, 1, 5) == 'shed.') then
      local n = (what == 'captured' and 1 or -1) * (tonumber(books[i + 1]) or 0)
      sum = sum + n
      cameras[whose] = (cameras[whose] or 0) + n
    end
  end
  return sum, cameras, furthest
end

-- The same rule as in the orchestrator: a name is text of 1 to 256 characters.
local function camera_in(fields)
  local camera, capture_id
  for f = 1, #fields, 2 do
    if fields[f] == 'camera_id' then camera = fields[f + 1] elseif fields[f] == 'capture_id' then capture_id = fields[f + 1] end
  end
  local _, characters = string.gsub(camera or '', '[^\128-\191]', '')
  return characters >= 1 and characters <= 256 and camera or 'unknown', capture_id
end

-- Existing frames by camera; nil when a frame cannot be read.
local function cameras_there(streams)
  local here, seen = {}, {}
  local function count(fields, only_once)
    local camera, capture_id = camera_in(fields)
    if only_once and capture_id then
      if seen[capture_id] then return end
      seen[capture_id] = true
    end
    here[camera] = (here[camera] or 0) + 1
  end
  local summary = redis.pcall('XPENDING', KEYS[2], ARGV[1])
  for _, consumer in ipairs(not summary.err and summary[4] or {}) do
    local cursor = cursor_of(KEYS[1], consumer[1])
    for _, one in ipairs(redis.call('XPENDING', KEYS[2], ARGV[1], '-', cursor, consumer[2], consumer[1])) do
      local entry = redis.call('XRANGE', KEYS[2], one[1], one[1])[1]
      if not entry then return nil end
      count(entry[2], false)
    end
  end
  for key, one in pairs(streams) do
    for _, entry in ipairs(one.length > 0 and redis.call('XRANGE', key, '-', '+') or {}) do count(entry[2], true) end
  end
  return here
end

-- Moves ends from 'unknown' to the camera of their frames.
local function move_ends(ledger, camera, n)
  for _, what in ipairs({ 'done', 'lost' }) do
    local there = math.max(0, tonumber(redis.call('HGET', ledger, what .. ':unknown') or '0') or 0)
    local some = math.min(n, there)
    if some > 0 then
      add(ledger, what .. ':unknown', -some)
      add(ledger, what .. ':' .. camera, some)
      n = n - some
    end
  end
end

local function put_under_cameras(most, there, streams)
  local _, cameras = read_books(KEYS[1])
  local astray = cameras.unknown and cameras.unknown ~= 0
  for camera, n in pairs(cameras) do astray = astray or (n < 0 and camera ~= 'other') end
  if not astray or there > most then return end
  local here = cameras_there(streams)
  if not here then return end
  -- The number of ends under 'unknown' whose frames began under a camera; if negative, the number of beginnings.
  local open = (here.unknown or 0) - (cameras.unknown or 0)
  for camera, n in pairs(cameras) do
    local vanished = n - (here[camera] or 0)
    if camera ~= 'unknown' and camera ~= 'other' then
      if vanished > 0 and open > 0 then
        local some = math.min(vanished, open)
        move_ends(KEYS[1], camera, some)
        open = open - some
      elseif vanished < 0 and open < 0 then
        local some = math.min(-vanished, -open)
        add(KEYS[1], 'captured:' .. camera, some)
        add(KEYS[1], 'captured:unknown', -some)
        open = open + some
      end
    end
  end
  if open ~= 0 then return end
  -- The rest cancels out: one camera has lost as many frames as another has ended too often.
  local _, now = read_books(KEYS[1])
  for camera, n in pairs(now) do
    local vanished = n - (here[camera] or 0)
    if camera ~= 'other' and vanished ~= 0 and not now.other then
      add(KEYS[1], (vanished > 0 and 'lost:' or 'captured:') .. camera, math.abs(vanished))
    end
  end
end
