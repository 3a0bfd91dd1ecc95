-- Deletes dead letters that are too old or too many, and counts them; deletes the parts of frames without any remaining dead letter. A call
-- handles a bounded number.
--
-- KEYS  1 dead letters   2 ledger   3 parts
-- ARGV  1 maximum number of dead letters   2 dead letters with an id before this one are too old   3 maximum number to handle
--       4 position in the parts hash ('0': the beginning)
-- Returns  the number deleted, and the next position in the parts hash.

local dead, ledger, parts, most, before = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
local wrong = expect(dead, 'stream') or expect(ledger, 'hash') or expect(parts, 'hash')
if wrong then return wrong end
local at_most = tonumber(ARGV[3])
local STEP = 20

local surplus = redis.call('XTRIM', dead, 'MAXLEN', '~', most, 'LIMIT', at_most)
trimmed_letters(ledger, surplus)

-- Trim whole blocks first: their entries need not be read.
local old = redis.call('XTRIM', dead, 'MINID', '~', before, 'LIMIT', at_most)
for _ = STEP, at_most, STEP do
  local some, ids = redis.call('XRANGE', dead, '-', '(' .. before, 'COUNT', STEP), {}
  for i, entry in ipairs(some) do ids[i] = entry[1] end
  if #ids == 0 then break end
  old = old + redis.call('XDEL', dead, unpack(ids))
end
if old > 0 then add(ledger, 'letters_dropped_age', old) end

local oldest = redis.call('XRANGE', dead, '-', '+', 'COUNT', 1)[1]
local scanned = redis.call('HSCAN', parts, ARGV[4], 'COUNT', at_most)
for i = 1, #scanned[2], 2 do
  local left, ends = parts_of(parts, scanned[2][i])
  if left == 0 then
    local kept = false
    for _, one in ipairs(ends) do
      local letter = string.match(one, '@(.+)$')
      kept = kept or (letter and oldest and not less(letter, oldest[1]))
    end
    if not kept then redis.call('HDEL', parts, scanned[2][i]) end
  end
end
return { surplus + old, scanned[1] }
