-- Does nothing, but is a script with write access: Redis refuses it when it accepts no writes.
return 1
