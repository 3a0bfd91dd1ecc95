-- Finds work queues that may hold acknowledged entries that were not deleted (docs/protocol.md 5.4), and returns the state of each queue. As long
-- as the state is the same, nothing has been acknowledged.
--
-- KEYS  work queues
-- Returns  for each queue a digit ('1': by the counts it holds an acknowledged entry) followed by its state ('': it has no group).

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
