-- A camera leaves (docs/adr/0003-ledger.md): what became of its frames is from now on counted as of camera "other", and the sum over all
-- stays what it is. What is still in flight stays its own until it has ended.

-- The camera's frames that have ended are counted under "other". Returns how many of its frames are in flight, and how many ended.
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
