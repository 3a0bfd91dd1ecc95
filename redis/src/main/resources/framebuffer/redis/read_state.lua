-- KEYS  1… keys to inspect
-- Returns  a short digest of their values.

return state_of_all(KEYS, #KEYS)
