-- Whether by Redis's counts every entry of a queue is still owed to some group, so that nothing in it was acknowledged. Nearly always
-- true, and nearly free. Counts too large (phantoms among the pending, a lag that includes what was trimmed) hide something for a while.
local function all_owed(queue, groups)
  local owed_at_least = 0
  for _, group in ipairs(groups) do
    if not group[12] then return false end
    owed_at_least = math.max(owed_at_least, group[6] + group[12])
  end
  return redis.call('XLEN', queue) <= owed_at_least
end
