-- Publishes backpressure to producers, if the caller holds the lease.
--
-- KEYS  1 lease   2 backpressure (hash, and the name of the channel)
-- ARGV  1 instance   2 the message   then field, value, …
-- Returns  1 when it was published, 0 when another instance holds the lease.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
for i = 3, #ARGV, 1000 do
  redis.call('HSET', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
-- Without the right to the channel, the hash is still written.
redis.pcall('PUBLISH', KEYS[2], ARGV[2])
return 1
