-- Reads some fields of dead letters, without their pixels. A call inspects a bounded number of dead letters, and of bytes: Redis copies each
-- entry whole, and one may hold pixels.
--
-- KEYS  1 dead letters
-- ARGV  1 number of requested fields, and their names
--       then 'these' and ids; or 'newest' or 'oldest' (where to begin), continue after this id ('': at that end), last id to inspect
--       ('': the other end), only this reason ('': any), maximum number of results, maximum number to inspect
-- Returns  the id to continue after ('': the end was reached; with 'these', the last id that was looked up), then for each dead letter its id and its fields and values.

local STEP = 50
-- Maximum number of entries in the first step, before their size is known.
local FIRST = 4
local BYTES = 8 * 1024 * 1024

local wanted, names = {}, tonumber(ARGV[1])
for i = 2, names + 1 do wanted[ARGV[i]] = true end
local a = names + 2
local how = ARGV[a]
local reply = { '' }
local bytes = 0

local function add(entry, reason)
  local fields, its = {}, nil
  for f = 1, #entry[2], 2 do
    local name, value = entry[2][f], entry[2][f + 1]
    bytes = bytes + #name + #value
    if name == 'dead_reason' then its = value end
    if wanted[name] then
      fields[#fields + 1] = name
      fields[#fields + 1] = value
    end
  end
  if reason == '' or its == reason then reply[#reply + 1] = { entry[1], fields } end
end

if how == 'these' then
  for i = a + 1, #ARGV do
    local found = redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
    if found then add(found, '') end
    if bytes >= BYTES and i < #ARGV then
      reply[1] = ARGV[i]
      return reply
    end
  end
  return reply
end

local from, to, reason = ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
local most, looks = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5])
local newest = how == 'newest'
-- Nothing can follow the highest possible id, and Redis refuses such a range.
if from == (newest and '0-0' or '18446744073709551615-18446744073709551615') then return reply end
from = from == '' and (newest and '+' or '-') or '(' .. from
to = to == '' and (newest and '-' or '+') or to
local step = FIRST
while looks > 0 do
  local n = math.min(step, looks, most - #reply + 1)
  local before = bytes
  local some = redis.call(newest and 'XREVRANGE' or 'XRANGE', KEYS[1], from, to, 'COUNT', n)
  for _, entry in ipairs(some) do add(entry, reason) end
  if #some < n then
    reply[1] = ''
    return reply
  end
  reply[1] = some[n][1]
  if #reply > most or bytes >= BYTES then return reply end
  step = math.max(1, math.min(STEP, math.floor(BYTES / 8 * n / math.max(1, bytes - before))))
  from = '(' .. reply[1]
  looks = looks - n
end
return reply
