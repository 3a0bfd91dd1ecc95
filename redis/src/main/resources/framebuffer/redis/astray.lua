-- Whether a group stands behind all that was ever added to its stream: somebody has set it there (XGROUP SETID), and of what comes it would
-- be given nothing. Where its id is of the past, what comes will have a later one: the stream, whose entries may be large, is not looked at.
local function astray(stream, group)
  local now = redis.call('TIME')
  if not less(string.format('%.0f-0', now[1] * 1000 + math.floor(now[2] / 1000)), group[8]) then return false end
  local about = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #about, 2 do
    if about[i] == 'last-generated-id' then return less(about[i + 1], group[8]) end
  end
end
