-- Puts content into a life that nobody uses yet. ARGV[1] is a map as in commit.lua: records, entries with their places
-- [[log, key, value, weight, most, place], ...], due, schedule; place and counts [name, number, ...]: the higher counts.
if not exists() then
  return {-1}
end
local content = cmsgpack.unpack(ARGV[1])
start()
for _, each in ipairs(content.records) do
  write(each[1], each[2], each[3], each[4])
end
for _, each in ipairs(content.entries) do
  local name, at = each[1], each[6]
  redis.call('SADD', K .. ':t', 'l:' .. name)
  if each[4] > 0 then
    redis.call('SADD', K .. ':x', name)
  end
  weight = weight + each[4]
  redis.call('HSET', K .. ':l:' .. name, each[2], digits(at) .. digits(at) .. digits(each[4]) .. each[3])
  redis.call('ZADD', K .. ':p:' .. name, at, each[2])
  if redis.call('ZCARD', K .. ':p:' .. name) > each[5] then
    push_out(name)
  end
end
for _, each in ipairs(content.due) do
  schedule(each[1], each[2], content.schedule)
end
place, newest = math.max(place, content.place), math.max(newest, content.place)
finish()
for at = 1, #content.counts, 2 do
  if content.counts[at + 1] > number('c:' .. content.counts[at]) then
    redis.call('HSET', M, 'c:' .. content.counts[at], content.counts[at + 1])
  end
end
return {0, weight, bounded, first_due()}
