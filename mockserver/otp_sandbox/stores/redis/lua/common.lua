-- What every script begins with. KEYS[1] names one life of a lane; all its keys begin with it, and lie in one slot:
--   :m    numbers: b begun with, n newest number, p newest place, s last number of a record, e last event,
--         w weight, z records of bounded tables, u last used (ms), c:NAME counts,
--         l:TABLE last write to a log, g:TABLE up to where its entries may be gone
--   :t    the tables that there are, r:TABLE and l:TABLE       :x    the logs that are weighed
--   :r:TABLE  records           :o:TABLE  the order in which a bounded table forgets them
--   :l:TABLE  entries of a log  :p:TABLE  their places         :n:TABLE  those changed in their place, by number
--   :d    what falls due, by its instant (microseconds)        :w    there while somebody waits for news
-- A value begins with its number, which says whether it is still the same; that of an entry goes on with its place and
-- its weight. All three are written with 16 digits.
local K = KEYS[1]
local M = K .. ':m'

local function exists()
  return redis.call('HEXISTS', M, 'b') == 1
end

local function number(field)
  return tonumber(redis.call('HGET', M, field)) or 0
end

local function digits(value)
  return string.format('%016.0f', value)
end

local function fields(value)
  return tonumber(string.sub(value, 1, 16)), tonumber(string.sub(value, 17, 32)), tonumber(string.sub(value, 33, 48))
end

local function first_due()
  return redis.call('ZRANGE', K .. ':d', 0, 0, 'WITHSCORES')
end

-- Gives name and number of each count.
local function counts()
  local found, numbers = {}, redis.call('HGETALL', M)
  for at = 1, #numbers, 2 do
    if string.sub(numbers[at], 1, 2) == 'c:' then
      found[#found + 1] = string.sub(numbers[at], 3)
      found[#found + 1] = numbers[at + 1]
    end
  end
  return found
end
