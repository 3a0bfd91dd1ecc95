-- Records the newest frame of each camera.
--
-- KEYS  1 cameras seen (hash: camera, entry id)
-- ARGV  1 maximum number of cameras; further cameras are not recorded   then camera, entry id, …

local seen, most = KEYS[1], tonumber(ARGV[1])
local known = redis.call('HLEN', seen)
for i = 2, #ARGV, 2 do
  local before = redis.call('HGET', seen, ARGV[i])
  if before then
    if not string.match(before, '^%d+%-%d+$') or less(before, ARGV[i + 1]) then redis.call('HSET', seen, ARGV[i], ARGV[i + 1]) end
  elseif known < most then
    redis.call('HSET', seen, ARGV[i], ARGV[i + 1])
    known = known + 1
  end
end
