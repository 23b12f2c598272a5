-- Writes a change, if what it was decided by still holds; else nothing. ARGV[1] is a map:
--   reads [[hash, [key, version, ...]], ...], a version of '' says that there was none; logs [name, last write, ...]
--   settled: nothing may be due at that instant; take: the events that are fired, which must be the first ones
--   records [[table, key, value, most], ...], entries [[log, key, value, weight, most, move], ...]; false deletes
--   due [[instant, text], ...], at most `schedule`; counts [name, how many, ...]; used: ms; channel: where to tell it
-- Gives 0 and: weight, bounded records, the first event that falls due with its instant, the counts.
-- Gives -1 where the lane does not exist, 1 where something was changed, 2 where something is due.
if not exists() then
  return {-1}
end
local change = cmsgpack.unpack(ARGV[1])
for _, group in ipairs(change.reads) do
  local names, list = {}, group[2]
  for at = 1, #list, 2 do
    names[#names + 1] = list[at]
  end
  for at, value in ipairs(redis.call('HMGET', K .. group[1], unpack(names))) do
    if (value and string.sub(value, 1, 16) or '') ~= list[at * 2] then
      return {1}
    end
  end
end
for at = 1, #change.logs, 2 do
  if (redis.call('HGET', M, 'l:' .. change.logs[at]) or '') ~= change.logs[at + 1] then
    return {1}
  end
end
if change.settled then
  local first = first_due()
  if first[2] and tonumber(first[2]) <= change.settled then
    return {2}
  end
end
if #change.take > 0 then
  for at, text in ipairs(redis.call('ZRANGE', K .. ':d', 0, #change.take - 1)) do
    if text ~= change.take[at] then
      return {1}
    end
  end
  if redis.call('ZREM', K .. ':d', unpack(change.take)) ~= #change.take then
    return {1}
  end
end
start()
for _, each in ipairs(change.records) do
  write(each[1], each[2], each[3], each[4])
end
for _, each in ipairs(change.entries) do
  put(each[1], each[2], each[3], each[4], each[5], each[6])
end
for _, each in ipairs(change.due) do
  schedule(each[1], each[2], change.schedule)
end
finish()
tell(change.channel)
local counts = {}
for at = 1, #change.counts, 2 do
  counts[#counts + 1] = redis.call('HINCRBY', M, 'c:' .. change.counts[at], change.counts[at + 1])
end
if change.used then
  redis.call('HSET', M, 'u', change.used)
end
return {0, weight, bounded, first_due(), counts}
