-- Keeps a lock for a while longer, if it still belongs to who took it. ARGV: by what he knows it, and how long (ms).
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
