-- Gives a lock back, if it still belongs to who took it. ARGV[1]: by what he knows it.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
