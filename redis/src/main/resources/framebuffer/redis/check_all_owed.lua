-- Whether, by Redis's counts, some group still owes every entry of a queue, so that the queue has no acknowledged entry. Nearly always
-- true, and cheap. Counts that are too high (phantoms among the pending entries, a lag that includes trimmed entries) hide acknowledged
-- entries for a while.
local function all_owed(queue, groups)
  local owed_at_least = 0
  for _, group in ipairs(groups) do
    if not group[12] then return false end
    owed_at_least = math.max(owed_at_least, group[6] + group[12])
  end
  return redis.call('XLEN', queue) <= owed_at_least
end
