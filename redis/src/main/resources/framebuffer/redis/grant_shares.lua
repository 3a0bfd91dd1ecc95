-- A partition asks for more of processors' capacities, or gives some back: of one, all partitions together never have more than there is.
--
-- KEYS  1 grants
-- ARGV  1 number of the partition   2 how many partitions there are
--       then for each processor: id, capacity, version as the partition knows it, how many frames it wants to have (-1: it is gone)
-- Returns  for each: how many it has now, and of which version, another each time; '' when nothing was done, for the version was another or
--          there is no more.
-- The first version is the time, so that it is another one too than those of an earlier life of the processor, which are forgotten.

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
