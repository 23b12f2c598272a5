-- What every script has that writes. The numbers are kept in variables, and put back by `finish`.
local newest, place, weight, bounded, sequence, event
local told = {}

local function start()
  local found = redis.call('HMGET', M, 'n', 'p', 'w', 'z', 's', 'e')
  newest, place, weight = tonumber(found[1]) or 0, tonumber(found[2]) or 0, tonumber(found[3]) or 0
  bounded, sequence, event = tonumber(found[4]) or 0, tonumber(found[5]) or 0, tonumber(found[6]) or 0
end

local function finish()
  redis.call('HSET', M, 'n', digits(newest), 'p', digits(place), 'w', digits(weight), 'z', digits(bounded),
    's', digits(sequence), 'e', digits(event))
end

local function tell(channel)
  local names = ''
  for name, last in pairs(told) do
    redis.call('HSET', M, 'l:' .. name, digits(last))
    names = names .. ' ' .. name
  end
  if names ~= '' and redis.call('EXISTS', K .. ':w') == 1 then
    redis.call('PUBLISH', channel, K .. names)
  end
end

local function note_gone(name, upto)
  if upto > number('g:' .. name) then
    redis.call('HSET', M, 'g:' .. name, digits(upto))
  end
end

local function push_out(name)
  local oldest = redis.call('ZPOPMIN', K .. ':p:' .. name)
  if not oldest[1] then
    return false
  end
  local _, at, heavy = fields(redis.call('HGET', K .. ':l:' .. name, oldest[1]))
  redis.call('HDEL', K .. ':l:' .. name, oldest[1])
  redis.call('ZREM', K .. ':n:' .. name, oldest[1])
  weight = weight - heavy
  note_gone(name, at)
  told[name] = newest
  return true
end

local function put(name, key, value, heavy, most, move)
  local hash = K .. ':l:' .. name
  local old = redis.call('HGET', hash, key)
  if not value then
    if old then
      local _, _, weighed = fields(old)
      weight = weight - weighed
      redis.call('HDEL', hash, key)
      redis.call('ZREM', K .. ':p:' .. name, key)
      redis.call('ZREM', K .. ':n:' .. name, key)
      newest = newest + 1
      note_gone(name, newest)
      told[name] = newest
    end
    return
  end
  newest = newest + 1
  told[name] = newest
  weight = weight + heavy
  if old then
    local _, at, weighed = fields(old)
    weight = weight - weighed
    if not move then
      redis.call('HSET', hash, key, digits(newest) .. digits(at) .. digits(heavy) .. value)
      redis.call('ZADD', K .. ':n:' .. name, newest, key)
      return
    end
    redis.call('ZREM', K .. ':n:' .. name, key)
  else
    redis.call('SADD', K .. ':t', 'l:' .. name)
  end
  if heavy > 0 then
    redis.call('SADD', K .. ':x', name)
  end
  place = newest
  redis.call('HSET', hash, key, digits(newest) .. digits(newest) .. digits(heavy) .. value)
  redis.call('ZADD', K .. ':p:' .. name, newest, key)
  if redis.call('ZCARD', K .. ':p:' .. name) > most then
    push_out(name)
  end
end

local function forget_oldest(name, count)
  local oldest = redis.call('ZPOPMIN', K .. ':o:' .. name, count)
  for at = 1, #oldest, 2 do
    redis.call('HDEL', K .. ':r:' .. name, oldest[at])
  end
  bounded = bounded - #oldest / 2
  return #oldest > 0
end

-- `most` is 0 where a table has no bound. Over it goes 1/64 of the table, so that looking for the oldest costs little.
local function write(name, key, value, most)
  local hash, order = K .. ':r:' .. name, K .. ':o:' .. name
  if not value then
    if redis.call('HDEL', hash, key) == 1 and most > 0 then
      redis.call('ZREM', order, key)
      bounded = bounded - 1
    end
    return
  end
  sequence = sequence + 1
  if most > 0 then
    local size = redis.call('ZCARD', order)
    if size >= most and not redis.call('ZSCORE', order, key) then
      forget_oldest(name, math.floor(size / 64) + 1)
    end
    bounded = bounded + redis.call('ZADD', order, sequence, key)
  end
  if redis.call('HSET', hash, key, digits(sequence) .. value) == 1 then
    redis.call('SADD', K .. ':t', 'r:' .. name)
  end
end

-- In a full schedule the later one of two is not kept: of the new one, and of the last one that is not the next.
local function schedule(at, text, most)
  local due = K .. ':d'
  local size = redis.call('ZCARD', due)
  if size >= most then
    local last = redis.call('ZRANGE', due, -1, -1, 'WITHSCORES')
    if size <= 1 or tonumber(last[2]) <= at then
      return
    end
    redis.call('ZREM', due, last[1])
  end
  event = event + 1
  redis.call('ZADD', due, at, digits(event) .. text)
end

local function drop(name)
  local gone = redis.call('ZCARD', K .. ':o:' .. name)
  bounded = bounded - gone
  if redis.call('EXISTS', K .. ':l:' .. name) == 1 then
    if redis.call('SISMEMBER', K .. ':x', name) == 1 then
      local values = redis.call('HVALS', K .. ':l:' .. name)
      for _, value in ipairs(values) do
        local _, _, heavy = fields(value)
        weight = weight - heavy
      end
    end
    newest = newest + 1
    note_gone(name, newest)
    told[name] = newest
  end
  for _, part in ipairs({':r:', ':o:', ':l:', ':p:', ':n:'}) do
    redis.call('UNLINK', K .. part .. name)
  end
  redis.call('SREM', K .. ':t', 'r:' .. name, 'l:' .. name)
  redis.call('SREM', K .. ':x', name)
end
