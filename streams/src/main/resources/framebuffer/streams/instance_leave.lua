-- An instance says that it ends. A command alone would be refused when memory is used up, and others would wait for it in vain.
--
-- KEYS  1 instances
-- ARGV  1 instance   2 what it says

return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
