-- Gives all that a life holds. ARGV: tables, r:TABLE, o:TABLE where it is bounded, and l:TABLE.
-- Gives: newest place, counts, events, and for each table key and value, in order.
if not exists() then
  return {-1}
end
local tables = {}
for at, each in ipairs(ARGV) do
  local part, name = string.sub(each, 1, 1), string.sub(each, 3)
  if part == 'r' then
    tables[at] = redis.call('HGETALL', K .. ':r:' .. name)
  else
    local order, hash = K .. (part == 'o' and ':o:' or ':p:') .. name, K .. (part == 'o' and ':r:' or ':l:') .. name
    local found = {}
    for _, key in ipairs(redis.call('ZRANGE', order, 0, -1)) do
      found[#found + 1] = key
      found[#found + 1] = redis.call('HGET', hash, key)
    end
    tables[at] = found
  end
end
return {0, number('p'), counts(), redis.call('ZRANGE', K .. ':d', 0, -1), tables}
