-- Gives entries of a log. ARGV: the log, a place, which way, how many: those after the place, the oldest first, or
-- those before it, the newest first. Gives key and value of each.
if not exists() then
  return {-1}
end
local places, keys = K .. ':p:' .. ARGV[1], nil
if ARGV[3] == 'up' then
  keys = redis.call('ZRANGEBYSCORE', places, '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[4])
else
  keys = redis.call('ZREVRANGEBYSCORE', places, '(' .. ARGV[2], '-inf', 'LIMIT', 0, ARGV[4])
end
local found = {}
for _, key in ipairs(keys) do
  found[#found + 1] = key
  found[#found + 1] = redis.call('HGET', K .. ':l:' .. ARGV[1], key)
end
return {0, found}
