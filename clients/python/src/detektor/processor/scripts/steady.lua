-- A clock based on Redis's clock that never goes back, so that a corrected clock does not prolong a wait.

local function server_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Hash `clock`: last, the last reading of Redis's clock; ahead, how far this clock is ahead of it.
local function steady_ms(clock)
  local now = server_ms()
  local known = redis.call('HMGET', clock, 'last', 'ahead')
  local last, ahead = tonumber(known[1]) or now, tonumber(known[2]) or 0
  if now < last then ahead = ahead + last - now end
  redis.call('HSET', clock, 'last', string.format('%.0f', now), 'ahead', string.format('%.0f', ahead))
  return now + ahead
end
