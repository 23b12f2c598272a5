-- Forgets a life. ARGV[1]: the channel on which to tell it.
for _, each in ipairs(redis.call('SMEMBERS', K .. ':t')) do
  local name = string.sub(each, 3)
  for _, part in ipairs({':r:', ':o:', ':l:', ':p:', ':n:'}) do
    redis.call('UNLINK', K .. part .. name)
  end
end
redis.call('UNLINK', M, K .. ':t', K .. ':x', K .. ':d')
redis.call('PUBLISH', ARGV[1], K)
return 0
