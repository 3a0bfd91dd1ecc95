-- Tells which work queues may hold what was acknowledged and not deleted (contract 2.5), and how each stands: while that is the same,
-- nothing has been acknowledged.
--
-- KEYS  work queues
-- Returns  for each a digit ('1': by the counts something in it was acknowledged), and behind it how it stands ('': it has no group).

local reply = {}
for q, queue in ipairs(KEYS) do
  local groups = redis.pcall('XINFO', 'GROUPS', queue)
  if groups.err or #groups == 0 then
    reply[q] = '0'
  else
    local stands = { redis.call('XLEN', queue) }
    for _, group in ipairs(groups) do
      stands[#stands + 1] = table.concat({ group[2], group[6], group[8], group[10] or '-', group[12] or '-' }, ' ')
    end
    reply[q] = (all_owed(queue, groups) and '0' or '1') .. table.concat(stands, ' ')
  end
end
return reply
