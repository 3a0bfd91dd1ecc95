-- Claims the right to write the history, and adds a record if a minute has begun since the last one. If the clock is trusted, removes records
-- that are too old, that are older than the fine part and not the first of their quarter of an hour, or that lie in the future, because the
-- clock was set back. Removes the oldest beyond a number in any case.
--
-- KEYS  1 history (hash: minute since 1970, record as JSON; writer, 'MILLISECONDS INSTANCE')
-- ARGV  1 instance   2 length of the claim in ms   3 minutes of the fine part   4 minutes of the whole   5 the record; '' to ask only
--       6 the present minute by a trusted clock; '' if there is none   7 maximum number of records
-- Returns  1 if the instance may write, otherwise 0; the time in ms; the newest record, '' for none.

local history, instance = KEYS[1], ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local at, writer = string.match(redis.call('HGET', history, 'writer') or '', '^(%d+) (.*)$')
if writer and writer ~= instance and math.abs(now - tonumber(at)) < tonumber(ARGV[2]) then
  return { 0, string.format('%.0f', now), '' }
end
redis.call('HSET', history, 'writer', string.format('%.0f', now) .. ' ' .. instance)

local minute, minutes = math.floor(now / 60000), {}
local trusted = tonumber(ARGV[6])
for _, field in ipairs(redis.call('HKEYS', history)) do
  local number = tonumber(field)
  -- The trusted clock may be behind by a part of a second.
  if number and trusted and (number > trusted + 1 or trusted - number > tonumber(ARGV[4])) then
    redis.call('HDEL', history, field)
  elseif number then
    minutes[#minutes + 1] = number
  end
end
table.sort(minutes)
local newest
for _, number in ipairs(minutes) do
  if number <= minute then newest = number end
end
if ARGV[5] ~= '' and newest ~= minute then
  redis.call('HSET', history, string.format('%.0f', minute), ARGV[5])
  local kept, quarter = {}, nil
  for _, number in ipairs(minutes) do
    if trusted and trusted - number > tonumber(ARGV[3]) and math.floor(number / 15) == quarter then
      redis.call('HDEL', history, string.format('%.0f', number))
    else
      kept[#kept + 1] = number
    end
    quarter = math.floor(number / 15)
  end
  for surplus = 1, #kept - tonumber(ARGV[7]) do
    redis.call('HDEL', history, string.format('%.0f', kept[surplus]))
  end
  return { 1, string.format('%.0f', now), ARGV[5] }
end
return { 1, string.format('%.0f', now), newest and redis.call('HGET', history, string.format('%.0f', newest)) or '' }
