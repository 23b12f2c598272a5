-- Reads records and entries at one instant.
-- ARGV[1]: [[hash, [key, ...]], ...], the logs that are wanted whole, how many events that are due until when.
-- Gives: the first event that falls due with its instant, the events that are due, values by hash,
-- and for each log its last write, and key and value of all entries, the newest first.
if not exists() then
  return {-1}
end
local wanted = cmsgpack.unpack(ARGV[1])
local found, logs = {}, {}
for _, group in ipairs(wanted[1]) do
  found[#found + 1] = redis.call('HMGET', K .. group[1], unpack(group[2]))
end
for _, name in ipairs(wanted[2]) do
  local keys = redis.call('ZRANGE', K .. ':p:' .. name, 0, -1, 'REV')
  local entries = {}
  for _, key in ipairs(keys) do
    entries[#entries + 1] = key
    entries[#entries + 1] = redis.call('HGET', K .. ':l:' .. name, key)
  end
  logs[#logs + 1] = {redis.call('HGET', M, 'l:' .. name) or '', entries}
end
local due = {}
if wanted[3] > 0 then
  due = redis.call('ZRANGEBYSCORE', K .. ':d', '-inf', wanted[4], 'LIMIT', 0, wanted[3])
end
return {0, first_due(), due, found, logs}
