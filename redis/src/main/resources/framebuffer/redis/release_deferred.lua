-- Brings back frames that may go now: they leave the deferred frames and are among those given back again, in one step
-- (docs/adr/0015-deferred-frames.md). Beyond the most that may wait, those that are due first go early.
--
-- KEYS  1 deferred   2 when they are due   3 by which clock   4 returned stream   5 ledger   6 parts   7 taken
-- ARGV  1 most frames at once   2 most bytes at once   3 most deferred frames   4 most frames in the returned stream
-- Returns  how many came back; in how many milliseconds the next is due, at most ('-1': none waits)

local deferred, due, clock, returned = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local keys = { ledger = KEYS[5], parts = KEYS[6] }
local most, most_bytes, most_deferred = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local wrong = lacks(deferred, 'XDEL') or lacks(due, 'ZREM') or lacks(returned, 'XADD') or lacks(clock, 'HSET')
  or expect(deferred, 'stream') or expect(due, 'zset') or expect(clock, 'hash') or expect(returned, 'stream')
if wrong then return wrong end

local waiting, indexed = redis.call('XLEN', deferred), redis.call('ZCARD', due)
if waiting == 0 then
  if indexed > 0 then redis.call('DEL', due) end
  return { 0, -1 }
end
-- Somebody has deleted the sorted set: of those that were in it nobody knows when they are due.
if waiting > indexed then
  for _, entry in ipairs(redis.call('XRANGE', deferred, '-', '+', 'COUNT', most)) do redis.call('ZADD', due, 'NX', 0, entry[1]) end
end

local now = steady_ms(clock)
local room = math.min(most, tonumber(ARGV[4]) - redis.call('XLEN', returned))
if room <= 0 then return { 0, 1000 } end
local ids = redis.call('ZRANGE', due, '-inf', string.format('%.0f', now), 'BYSCORE', 'LIMIT', 0, room)
local beyond = math.min(room, waiting - most_deferred)
if beyond > #ids then ids = redis.call('ZRANGE', due, 0, beyond - 1) end

local back, bytes = 0, 0
for _, id in ipairs(ids) do
  if bytes > most_bytes then break end
  local entry = redis.call('XRANGE', deferred, id, id)[1]
  if entry then
    local added = redis.pcall('XADD', returned, '*', unpack(entry[2]))
    if type(added) == 'table' then return added end
    redis.call('XDEL', deferred, id)
    local capture_id
    for f = 1, #entry[2], 2 do
      if entry[2][f] == 'capture_id' then capture_id = entry[2][f + 1] end
    end
    if capture_id then went(keys, capture_id, place_of(deferred, id), { place_of(returned, added) }) end
    for f = 1, #entry[2] do bytes = bytes + #entry[2][f] end
    back = back + 1
  end
  redis.call('ZREM', due, id)
end
if back > 0 then
  add(KEYS[7], 'left:' .. deferred, back)
  add(KEYS[7], 'handed:' .. returned, back)
end
local next = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
return { back, next[2] and math.max(0, tonumber(next[2]) - now) or -1 }
