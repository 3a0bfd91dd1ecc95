-- Does nothing, as a script that may write: Redis refuses it where it takes no writes.
return 1
