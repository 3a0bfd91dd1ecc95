-- Removes what a processor acknowledged but did not delete, and counts it as done (contract 2.5). Looks at a bounded number
-- of entries a call, whatever the length of the queue.
--
-- KEYS  1 work queue   2 ledger   3 parts   4 completed
-- ARGV  1 processor   2 look at entries after this id   3 look at most at so many
-- Returns  the number removed, and the id to go on from ('0-0': start again).

local queue, most = KEYS[1], tonumber(ARGV[3])
local wrong = expect(KEYS[2], 'hash') or expect(KEYS[3], 'hash') or expect(KEYS[4], 'hash')
if wrong then return wrong end

local groups = redis.pcall('XINFO', 'GROUPS', queue)
if groups.err or #groups == 0 then return { 0, '0-0' } end

local function less(a, b)
  local am, as = string.match(a, '(%d+)-(%d+)')
  local bm, bs = string.match(b, '(%d+)-(%d+)')
  if #am ~= #bm then return #am < #bm end
  if am ~= bm then return am < bm end
  if #as ~= #bs then return #as < #bs end
  return as < bs
end

-- Acknowledged can only be what every group has had delivered.
local delivered, pending, unread = groups[1][8], 0, 0
for _, group in ipairs(groups) do
  if less(group[8], delivered) then delivered = group[8] end
  pending = pending + group[6]
  unread = unread and group[12] and math.max(unread, group[12])
end
if unread and redis.call('XLEN', queue) <= pending + unread then return { 0, '0-0' } end

local entries = redis.call('XRANGE', queue, '(' .. ARGV[2], delivered, 'COUNT', most)
if #entries == 0 then return { 0, '0-0' } end
local first, last = entries[1][1], entries[#entries][1]

local owed = {}
for _, group in ipairs(groups) do
  local some = redis.call('XPENDING', queue, group[2], first, last, most)
  for _, one in ipairs(some) do owed[one[1]] = true end
  -- Cut short: beyond the last one named, nothing is known of what is pending.
  if #some == most and less(some[most][1], last) then last = some[most][1] end
end

local removed = 0
for _, entry in ipairs(entries) do
  local id, fields = entry[1], entry[2]
  if less(last, id) then break end
  if not owed[id] then
    local camera, capture_id
    for f = 1, #fields, 2 do
      if fields[f] == 'camera_id' then camera = fields[f + 1] elseif fields[f] == 'capture_id' then capture_id = fields[f + 1] end
    end
    redis.call('XDEL', queue, id)
    removed = removed + 1
    -- What we did not hand off was never captured either.
    if camera and capture_id then
      part_ended({ ledger = KEYS[2], parts = KEYS[3] }, capture_id, camera, 'done')
      completed(KEYS[4], ARGV[1], capture_id)
    end
  end
end
return { removed, last }
