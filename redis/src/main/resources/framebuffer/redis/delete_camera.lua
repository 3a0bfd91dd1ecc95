-- Deletes a camera. A later frame of the camera adds it again.
--
-- KEYS  1 ledger   2 cameras seen   3 camera policies
-- ARGV  1 camera   2 the field of the policies that counts their changes   3… all outcomes of a frame
-- Returns  1, or 0 if the camera does not exist.

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
  -- Frames in flight keep their camera; the camera leaves the ledger when they have ended.
  redis.call('HSET', seen, camera, '0-1')
end
return 1
