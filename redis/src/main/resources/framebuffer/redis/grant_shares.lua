-- Changes the shares of one partition in the capacities of processors. The shares of all partitions together never exceed a capacity.
--
-- KEYS  1 grants
-- ARGV  1 number of the partition   2 number of partitions
--       then for each processor: id, capacity, version that the partition knows, frames it wants (-1: the processor is gone)
-- Returns  for each: the current share and its new version; '' instead of the version when nothing changed, because the version was
--          another or no capacity is left.
-- The first version is the current time, so that it differs from all versions of an earlier incarnation of the processor.

local time, reply = redis.call('TIME'), {}
local first = time[1] * 1000000 + time[2]
for a = 3, #ARGV, 4 do
  local id, capacity, version, wanted = ARGV[a], tonumber(ARGV[a + 1]), ARGV[a + 2], tonumber(ARGV[a + 3])
  local field = id .. ' ' .. ARGV[1]
  local has, stands = string.match(redis.call('HGET', KEYS[1], field) or '0 0', '^(%d+) (%d+)$')
  has = tonumber(has)
  local done = stands == version
  if done and wanted > has then
    local all, others = {}, 0
    for p = 0, ARGV[2] - 1 do all[#all + 1] = id .. ' ' .. string.format('%d', p) end
    for _, other in ipairs(redis.call('HMGET', KEYS[1], unpack(all))) do
      if other then others = others + tonumber(string.match(other, '^%d+')) end
    end
    wanted = math.min(wanted, capacity - (others - has))
    done = wanted > has
  end
  if done and wanted < 0 then
    redis.call('HDEL', KEYS[1], field)
    has = 0
  elseif done then
    has, stands = wanted, string.format('%.0f', stands == '0' and first or stands + 1)
    redis.call('HSET', KEYS[1], field, string.format('%.0f', has) .. ' ' .. stands)
  end
  reply[#reply + 1] = has
  reply[#reply + 1] = done and stands or ''
end
return reply
