-- KEYS  1… what is to be looked at
-- Returns  what all of them hold now, in a few characters.

return state_of_all(KEYS, #KEYS)
