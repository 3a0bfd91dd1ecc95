-- Returns deferred frames that are due: moves them to the returned stream in one step (docs/adr/0015-deferred-frames.md). Above the maximum
-- number of deferred frames, the frames that are due first return early.
--
-- KEYS  1 deferred   2 due times (sorted set)   3 clock   4 returned stream   5 ledger   6 parts   7 taken   8 accepted returns
-- ARGV  1 maximum number of frames   2 maximum number of bytes   3 maximum number of deferred frames   4 maximum length of stream 4
-- Returns  number of frames returned; milliseconds until the next frame is due, at most ('-1': none waits)

local deferred, due, clock, returned = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local keys = { ledger = KEYS[5], parts = KEYS[6] }
local most, most_bytes, most_deferred = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local wrong = lacks(deferred, 'XDEL') or lacks(due, 'ZREM') or lacks(returned, 'XADD') or lacks(clock, 'HSET')
  or lacks(KEYS[8], 'HSET') or expect(KEYS[8], 'hash')
  or expect(deferred, 'stream') or expect(due, 'zset') or expect(clock, 'hash') or expect(returned, 'stream')
if wrong then return wrong end

local waiting, indexed = redis.call('XLEN', deferred), redis.call('ZCARD', due)
if waiting == 0 then
  if indexed > 0 then redis.call('DEL', due) end
  return { 0, -1 }
end
-- Another client has deleted the sorted set, so the due times of its frames are unknown.
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
    redis.call('HSET', KEYS[8], added, 1)
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
