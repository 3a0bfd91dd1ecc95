-- Creates a group of ours at the beginning of its stream, and the stream with it, where they are missing. All that is in the stream is read
-- again then, by whomever, so nothing that is pending for an instance is its own any more: that the group was made anew is noted.
--
-- In the capture stream it must not be counted as captured again. The group knew who had read what, and is gone. But known is how many frames
-- were counted and are nowhere else: they are the oldest ones here, for entries are read in order. All consumers lose their cursors,
-- so that none of them counts by what it knew before, and begin behind those.
--
-- KEYS  1 stream   2 ledger
-- ARGV  1 group   2 'capture' or 'returned'   3 of the capture stream: how many frames were counted and are nowhere else; '': not known
--       4 how many were counted in all when that was found out
-- Returns  1 when it was created; 0 when it was there; -1 when that must be known, and nothing was done.

local stream, ledger, group, kind = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local wrong = expect(stream, 'stream') or expect(ledger, 'hash')
if wrong then return wrong end

local gone, length = 0, 0
local found = redis.pcall('XINFO', 'STREAM', stream)
if not found.err then
  local about = {}
  for i = 1, #found, 2 do about[found[i]] = found[i + 1] end
  length = about['length']
  gone = about['entries-added'] - length
  for _, one in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    if one[2] == group then return 0 end
  end
end
local counted = redis.call('HGET', ledger, 'counted') or '0'
if kind == 'capture' and counted ~= '0' and ARGV[4] ~= counted then return -1 end

-- The n-th oldest entry.
local function nth(n)
  if n <= 0 then return '0-0' end
  if n >= length then
    local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
    return last and last[1] or '0-0'
  end
  local after = '-'
  while true do
    local some = redis.call('XRANGE', stream, after, '+', 'COUNT', math.min(n, 500))
    n = n - #some
    if n <= 0 then return some[#some][1] end
    after = '(' .. some[#some][1]
  end
end

redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM', 'ENTRIESREAD', gone)
local made = 'made_' .. kind
redis.call('HINCRBY', ledger, made, redis.call('HEXISTS', ledger, made))
if kind == 'capture' and counted ~= '0' then
  local at = '0'
  repeat
    local some = redis.call('HSCAN', ledger, at, 'MATCH', 'cursor:*', 'COUNT', 10000)
    at = some[1]
    for f = 1, #some[2], 2 do redis.call('HDEL', ledger, some[2][f]) end
  until at == '0'
  redis.call('HSET', ledger, 'counted_up_to', nth(tonumber(ARGV[3])))
end
return 1
