-- Tells how far work queues have got, and from which somebody else has removed entries: fewer are there than were put there, less those
-- that left by steps of ours.
--
-- KEYS  1 taken   2… work queues
-- Returns  for each: 1 if entries are missing; how far its groups have read, how many entries are pending, and how many have left it
--          by steps of ours.

local reply = {}
for q = 2, #KEYS do
  local queue = KEYS[q]
  local groups, length = redis.pcall('XINFO', 'GROUPS', queue), redis.pcall('XLEN', queue)
  local position, pending = '0-0', 0
  for _, group in ipairs(groups.err and {} or groups) do
    if less(position, group[8]) then position = group[8] end
    pending = pending + group[6]
  end
  local figures = redis.pcall('HMGET', KEYS[1], 'handed:' .. queue, 'left:' .. queue)
  local handed, left = tonumber(figures[1] or '0') or 0, tonumber(figures[2] or '0') or 0
  local missing = handed - left > (type(length) == 'number' and length or 0)
  for _, value in ipairs({ missing and 1 or 0, position, pending, left }) do reply[#reply + 1] = value end
end
return reply
