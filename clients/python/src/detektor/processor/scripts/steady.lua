-- Redis's clock, and one made of it that is never set back: what waits by it waits no longer because somebody corrected the time.

local function server_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Hash `clock`: last, what Redis's clock said when this was last asked; ahead, by how much this one is ahead of it.
local function steady_ms(clock)
  local now = server_ms()
  local known = redis.call('HMGET', clock, 'last', 'ahead')
  local last, ahead = tonumber(known[1]) or now, tonumber(known[2]) or 0
  if now < last then ahead = ahead + last - now end
  redis.call('HSET', clock, 'last', string.format('%.0f', now), 'ahead', string.format('%.0f', ahead))
  return now + ahead
end
