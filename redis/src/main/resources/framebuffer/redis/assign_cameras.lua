-- Assigns cameras to processors in the affinity table (docs/adr/0004-affinity.md). The version of the table is the id of its last change.
-- Proposals are applied only if the caller knows the current version: of several concurrent callers one wins, and the others decide again
-- from the new table.
--
-- KEYS  1 table (hash: need, processor)   2 changes (stream: need, processor; '' when forgotten)   3 seen (sorted set: need, ms)
-- ARGV  1 version that the caller knows; '': none   2 ms without a frame after which an assignment is forgotten
--       3 number of needs seen, followed by these needs   then to the end the proposals: need, processor, …
-- Returns  the current version; 1 when the whole table follows, 0 when only the changes since the known version follow;
--          need, processor, …
--          need, processor, …

local assigned, changes, seen = KEYS[1], KEYS[2], KEYS[3]
local known, keep, sightings = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local CHANGES, FORGOTTEN_AT_ONCE = 1000, 100

local function version()
  local last = redis.call('XREVRANGE', changes, '+', '-', 'COUNT', 1)[1]
  return last and last[1] or '0-0'
end

local function changed(need, processor)
  redis.call('XADD', changes, 'MAXLEN', '~', CHANGES, '*', need, processor)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Check all three keys before the first write: a key of another type ends the script here.
redis.call('HLEN', assigned)
version()
redis.call('ZCARD', seen)

for i = 4, 3 + sightings do
  if redis.call('HEXISTS', assigned, ARGV[i]) == 1 then redis.call('ZADD', seen, now, ARGV[i]) end
end
for _, need in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - keep, 'LIMIT', 0, FORGOTTEN_AT_ONCE)) do
  redis.call('ZREM', seen, need)
  redis.call('HDEL', assigned, need)
  changed(need, '')
end

if #ARGV > 3 + sightings and known == version() then
  for i = 4 + sightings, #ARGV, 2 do
    redis.call('HSET', assigned, ARGV[i], ARGV[i + 1])
    redis.call('ZADD', seen, now, ARGV[i])
    changed(ARGV[i], ARGV[i + 1])
  end
end

local standing = version()
local reply = { standing, 0 }
if known == standing then return reply end
-- The known change still exists, so the entries after it are all changes since then.
local since = known ~= '' and redis.call('XRANGE', changes, known, '+') or {}
if since[1] and since[1][1] == known then
  for i = 2, #since do
    reply[#reply + 1] = since[i][2][1]
    reply[#reply + 1] = since[i][2][2]
  end
  return reply
end
reply[2] = 1
for _, value in ipairs(redis.call('HGETALL', assigned)) do reply[#reply + 1] = value end
return reply
