-- Lets a life begin, if it has not. ARGV: newest number and place that it begins with, then counts: name, number, ...
if exists() then
  return 0
end
redis.call('HSET', M, 'b', ARGV[1], 'n', ARGV[1], 'p', ARGV[2])
for at = 3, #ARGV, 2 do
  redis.call('HSET', M, 'c:' .. ARGV[at], ARGV[at + 1])
end
return 1
