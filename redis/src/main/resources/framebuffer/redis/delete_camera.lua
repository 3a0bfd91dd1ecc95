-- A camera is deleted. Should one of its frames come later, it is there again.
--
-- KEYS  1 ledger   2 cameras seen   3 camera policies
-- ARGV  1 camera   2 the field of the policies that counts their changes   3… all ends that a frame can come to
-- Returns  1, or 0: there is no such camera.

local ledger, seen, policies, camera = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local wrong = expect(ledger, 'hash') or expect(seen, 'hash') or expect(policies, 'hash')
if wrong then return wrong end
if not is_a_camera(camera) then return 0 end
local known = redis.call('HEXISTS', seen, camera) + redis.call('HEXISTS', ledger, 'captured:' .. camera)
if camera ~= ARGV[2] and redis.call('HDEL', policies, camera) == 1 then
  redis.call('HINCRBY', policies, ARGV[2], 1)
  known = known + 1
end
if known == 0 then return 0 end
if fold(ledger, camera, { unpack(ARGV, 3) }) == 0 then
  redis.call('HDEL', seen, camera)
else
  -- What is in flight is counted as its own; it leaves when that has ended.
  redis.call('HSET', seen, camera, '0-1')
end
return 1
