-- Searches part of a stream for entries in which a field has one of the given values, or for all entries. Returns only the requested fields,
-- because entries may be large.
--
-- KEYS  1 stream
-- ARGV  1 first id   2 last id   3 maximum number of entries to inspect   4 field   5 number of values; '*': all entries match
--       6… the values; then the names of the requested fields
-- Returns  the id of the last inspected entry, '' at the end of the range; then for each match: id, {name, value, …}

local looked = redis.pcall('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
if looked.err then return { '' } end
local every = ARGV[5] == '*'
local values, names = {}, 6 + (every and 0 or tonumber(ARGV[5]))
for v = 6, names - 1 do values[ARGV[v]] = true end
local reply = { #looked == tonumber(ARGV[3]) and looked[#looked][1] or '' }
for _, entry in ipairs(looked) do
  local fields, found = entry[2], every
  for f = 1, #fields, 2 do
    found = found or (fields[f] == ARGV[4] and values[fields[f + 1]])
  end
  if found then
    local wanted = {}
    for w = names, #ARGV do
      for f = 1, #fields, 2 do
        if fields[f] == ARGV[w] then
          wanted[#wanted + 1] = fields[f]
          wanted[#wanted + 1] = fields[f + 1]
        end
      end
    end
    reply[#reply + 1] = { entry[1], wanted }
  end
end
return reply
