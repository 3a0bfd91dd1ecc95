-- Whether XGROUP SETID has moved a group beyond the last entry of its stream, so that the group would not receive new entries. If the
-- group's id is in the past, new entries get a later id; then do not read the stream info, whose first and last entries may be large.
local function astray(stream, group)
  local now = redis.call('TIME')
  if not less(string.format('%.0f-0', now[1] * 1000 + math.floor(now[2] / 1000)), group[8]) then return false end
  local about = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #about, 2 do
    if about[i] == 'last-generated-id' then return less(about[i + 1], group[8]) end
  end
end
