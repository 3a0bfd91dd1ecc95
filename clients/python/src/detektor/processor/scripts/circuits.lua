-- Circuits (docs/adr/0006-health-and-circuits.md): processor → 'closed FAILURES', 'open SINCE_MS CAUSE' or 'half-open SINCE_MS SUCCESSES
-- FAILED CAUSE'. A processor that is not in the hash is closed, without failures since its last success. Only instances change the state;
-- these functions count the outcomes. A corrupt hash must not block an answer.

-- The processor has finished or acknowledged a frame.
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

-- The processor has failed at a frame. A half-open circuit ignores a frame whose entry (in the queue or the returned stream) is older than
-- the half-open state. A frame that was sent earlier and returned since cannot be distinguished from a newer frame.
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
