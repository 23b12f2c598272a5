-- Forgets tables. ARGV: the channel on which to tell it, then the tables.
if not exists() then
  return {-1}
end
start()
for at = 2, #ARGV do
  drop(ARGV[at])
end
finish()
tell(ARGV[1])
return {0, weight, bounded}
