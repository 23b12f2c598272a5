-- Gives what was written to logs after a number. ARGV: that number, how many entries at most, then the logs.
-- Gives: newest number, what the life began with, the logs' `gone`, and entries as number, log, key, value in order.
if not exists() then
  return {-1}
end
local after, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local gone, found = {}, {}
for at = 3, #ARGV do
  local name = ARGV[at]
  gone[#gone + 1] = number('g:' .. name)
  local later = '(' .. ARGV[1]
  for _, part in ipairs({':n:', ':p:'}) do
    local taken, offset = 0, 0
    repeat
      local keys = redis.call('ZRANGEBYSCORE', K .. part .. name, later, '+inf', 'WITHSCORES', 'LIMIT', offset, limit + 1)
      for at = 1, #keys, 2 do
        local placed = tonumber(keys[at + 1])
        -- What was changed in its place stands there under the number of that write.
        if part == ':n:' or not redis.call('ZSCORE', K .. ':n:' .. name, keys[at]) then
          found[#found + 1] = {placed, name, keys[at]}
          taken = taken + 1
        end
      end
      offset = offset + #keys / 2
    until #keys == 0 or taken > limit
  end
end
table.sort(found, function(one, other) return one[1] < other[1] end)
local entries = {}
for at = 1, math.min(#found, limit + 1) do
  local each = found[at]
  entries[at] = {each[1], each[2], each[3], redis.call('HGET', K .. ':l:' .. each[2], each[3])}
end
return {0, number('n'), number('b'), gone, entries}
