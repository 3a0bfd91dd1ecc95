-- Creates our group at the beginning of its stream, and the stream, if they are missing. The new group reads all existing entries again, so
-- no instance owns its old pending entries any more; the ledger records that the group was created again.
--
-- Entries of the capture stream must not count as captured twice. The lost group knew which entries were read. What remains known is the
-- number of frames that were counted and are in no other place. These are the oldest entries here, because entries are read in order. All
-- consumers lose their cursors and start after these entries, so that none counts by an old cursor.
--
-- KEYS  1 stream   2 ledger
-- ARGV  1 group   2 'capture' or 'returned'   3 for the capture stream: number of frames counted that are in no other place; '': unknown
--       4 total number of frames counted when that was determined
-- Returns  1 when the group was created; 0 when it existed; -1 when ARGV 3 is missing or out of date, and nothing was done.

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
