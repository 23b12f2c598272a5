-- Gives the numbers of a life: newest number, newest place, what it began with, when it was used, the next event;
-- for each log of ARGV its last place, its last write, and up to where its entries may be gone; then the counts.
if not exists() then
  return {-1}
end
local logs = {}
for _, name in ipairs(ARGV) do
  local last = redis.call('ZRANGE', K .. ':p:' .. name, -1, -1, 'WITHSCORES')
  logs[#logs + 1] = {tonumber(last[2]) or 0, number('l:' .. name), number('g:' .. name)}
end
return {0, number('n'), number('p'), number('b'), number('u'), first_due(), logs, counts()}
