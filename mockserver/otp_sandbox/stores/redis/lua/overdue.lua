-- Hands out lanes that have to be looked at. KEYS[1] names both: when each has to be (:agenda), and those that were
-- handed out (:out).
-- ARGV: now and for how long they are handed out (ms), who asks, and at most how many.
-- Whoever asks again has looked at what he was given; what somebody did not look at in time goes to another one.
local agenda, out = KEYS[1] .. ':agenda', KEYS[1] .. ':out'
local now, mine = tonumber(ARGV[1]), ARGV[3] .. ' '
for _, each in ipairs(redis.call('ZRANGE', out, 0, -1)) do
  if string.sub(each, 1, #mine) == mine then
    redis.call('ZREM', out, each)
  end
end
for _, each in ipairs(redis.call('ZRANGEBYSCORE', out, '-inf', now)) do
  redis.call('ZREM', out, each)
  redis.call('ZADD', agenda, 'LT', now, string.sub(each, string.find(each, ' ') + 1))
end
local found = redis.call('ZRANGEBYSCORE', agenda, '-inf', now, 'LIMIT', 0, ARGV[4])
for _, lane in ipairs(found) do
  redis.call('ZREM', agenda, lane)
  redis.call('ZADD', out, now + tonumber(ARGV[2]), mine .. lane)
end
return found
