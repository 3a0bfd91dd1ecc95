-- Removes a camera from the ledger (docs/adr/0003-ledger.md): its ended frames count under camera "other" from now on, so that the totals
-- stay the same. Its frames in flight keep their camera until they end.

-- Moves the ended frames of a camera to "other". Returns the number of its frames in flight, and of its ended frames.
local function fold(ledger, camera, outcomes)
  local total = 0
  for _, outcome in ipairs(outcomes) do
    local ended = tonumber(redis.call('HGET', ledger, outcome .. ':' .. camera) or '0') or 0
    if ended ~= 0 then add(ledger, outcome .. ':other', ended) end
    redis.call('HDEL', ledger, outcome .. ':' .. camera)
    total = total + ended
  end
  local left = (tonumber(redis.call('HGET', ledger, 'captured:' .. camera) or '0') or 0) - total
  if total ~= 0 then add(ledger, 'captured:other', total) end
  if left == 0 then
    redis.call('HDEL', ledger, 'captured:' .. camera)
  else
    redis.call('HSET', ledger, 'captured:' .. camera, string.format('%.0f', left))
  end
  return left, total
end

local function is_a_camera(name)
  return name ~= '' and name ~= 'unknown' and name ~= 'other'
end
