-- Publishes what producers are to be told, if the caller is the one that watches.
--
-- KEYS  1 lease   2 backpressure (hash, and the name of the channel)
-- ARGV  1 instance   2 the message   then field, value, …
-- Returns  1 when it was published, 0 when the lease is another's.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
for i = 3, #ARGV, 1000 do
  redis.call('HSET', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
-- A user who may use no channels has the hash all the same.
redis.pcall('PUBLISH', KEYS[2], ARGV[2])
return 1
