-- Tells which work queues may hold what was acknowledged and not deleted (contract 2.5).
--
-- KEYS  work queues
-- Returns  a digit each; '1': its entries should be looked at.

local digits = {}
for q, queue in ipairs(KEYS) do
  local groups = redis.pcall('XINFO', 'GROUPS', queue)
  digits[q] = (groups.err or #groups == 0 or all_owed(queue, groups)) and '0' or '1'
end
return table.concat(digits)
