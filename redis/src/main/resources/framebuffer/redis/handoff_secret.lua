-- Reads the secret with which instances sign hand-offs; stores the offered one if there is none. Runs even when Redis's memory is full:
-- without the secret no frame is handed off, and no memory becomes free.
--
-- KEYS  1 secret
-- ARGV  1 the offered secret
-- Returns  the secret.

redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
