-- Counts a success or a failure, and notes in which order that happened.
redis.call('RPUSH', 'log', ARGV[2])
if ARGV[2] == 'succeeded' then circuit_succeeded(KEYS[1], ARGV[1]) else circuit_failed(KEYS[1], ARGV[1], ARGV[3]) end
