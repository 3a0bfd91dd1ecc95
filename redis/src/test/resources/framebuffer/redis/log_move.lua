-- Notes in which order a circuit was moved on, or was to be.
redis.call('RPUSH', 'log', ARGV[2] .. '>' .. ARGV[3])
