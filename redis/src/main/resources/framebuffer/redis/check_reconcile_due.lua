-- Whether somebody else has removed entries from work queues: fewer are there than we put there, less those that left by steps of ours.
--
-- KEYS  1 taken   2… work queues
-- Returns  1 if entries are missing from one of them, otherwise 0.

local due = 0
for q = 2, #KEYS do
  local length = redis.pcall('XLEN', KEYS[q])
  local figures = redis.pcall('HMGET', KEYS[1], 'handed:' .. KEYS[q], 'left:' .. KEYS[q])
  local expected = (tonumber(figures[1] or '0') or 0) - (tonumber(figures[2] or '0') or 0)
  if expected > (type(length) == 'number' and length or 0) then due = 1 end
end
return due
