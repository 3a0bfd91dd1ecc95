-- Checks whether others have removed entries from work queues: fewer entries exist than we added and did not remove.
--
-- KEYS  1 taken   2… work queues
-- Returns  1 if a queue lacks entries, otherwise 0.

local due = 0
for q = 2, #KEYS do
  local length = redis.pcall('XLEN', KEYS[q])
  local figures = redis.pcall('HMGET', KEYS[1], 'handed:' .. KEYS[q], 'left:' .. KEYS[q])
  local expected = (tonumber(figures[1] or '0') or 0) - (tonumber(figures[2] or '0') or 0)
  if expected > (type(length) == 'number' and length or 0) then due = 1 end
end
return due
