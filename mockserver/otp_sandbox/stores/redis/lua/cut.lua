-- Makes room. ARGV: the channel, then up to what weight, and to how many records of bounded tables.
if not exists() then
  return {-1}
end
start()
local function largest(names, part)
  local found, most = nil, 0
  for _, name in ipairs(names) do
    local size = redis.call('ZCARD', K .. part .. name)
    if size > most then
      found, most = name, size
    end
  end
  return found, most
end
local heavy = redis.call('SMEMBERS', K .. ':x')
while weight > tonumber(ARGV[2]) do
  local name = largest(heavy, ':p:')
  if not name or not push_out(name) then
    break
  end
end
local bound = {}
for _, each in ipairs(redis.call('SMEMBERS', K .. ':t')) do
  if string.sub(each, 1, 2) == 'r:' then
    bound[#bound + 1] = string.sub(each, 3)
  end
end
while bounded > tonumber(ARGV[3]) do
  local name, size = largest(bound, ':o:')
  if not name or not forget_oldest(name, math.floor(size / 64) + 1) then
    break
  end
end
finish()
tell(ARGV[1])
return {0, weight, bounded}
