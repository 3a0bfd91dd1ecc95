-- Circuits (docs/adr/0006-health-and-circuits.md): processor → 'closed FAILURES', 'open SINCE_MS CAUSE' or
-- 'half-open SINCE_MS SUCCESSES FAILED CAUSE'. Who is not in the hash is closed, and has not failed since it last succeeded. From
-- one of these to another only the instances move it; here is counted what they go by. A hash that somebody else has spoilt must
-- not stop an answer.

-- The processor has done a frame, or acknowledged it.
local function circuit_succeeded(hash, processor)
  local circuit = redis.pcall('HGET', hash, processor)
  if type(circuit) ~= 'string' then return end
  local since, successes, rest = string.match(circuit, '^half%-open (%d+) (%d+) ([01] %a+)$')
  if since then
    redis.call('HSET', hash, processor, 'half-open ' .. since .. ' ' .. (successes + 1) .. ' ' .. rest)
  elseif not string.match(circuit, '^open %d+ failures$') then
    redis.call('HDEL', hash, processor)
  end
end

-- It has failed at one. Half-open, it is judged by what it was sent since: an older frame, whose entry (in its queue, or among those
-- given back) is from before, says nothing. One that it was sent before and gave back since cannot be told from a newer one.
local function circuit_failed(hash, processor, entry)
  local circuit = redis.pcall('HGET', hash, processor)
  if type(circuit) == 'table' then return end
  local since, successes, cause = string.match(circuit or '', '^half%-open (%d+) (%d+) [01] (%a+)$')
  if since then
    if entry and tonumber(string.match(entry, '^%d+')) < tonumber(since) then return end
    redis.call('HSET', hash, processor, 'half-open ' .. since .. ' ' .. successes .. ' 1 ' .. cause)
  elseif not string.match(circuit or '', '^open %d+ %a+$') then
    local failures = string.match(circuit or '', '^closed (%d+)$') or 0
    redis.call('HSET', hash, processor, 'closed ' .. (failures + 1))
  end
end
