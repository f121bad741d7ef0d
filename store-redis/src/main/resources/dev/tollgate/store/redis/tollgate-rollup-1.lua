-- Adds to one rollup, once for each writer's sequence, and tells its largest rows.
--
-- KEYS, all under one hash tag:
--   1 rows, a hash: key -> 'value value ...'
--   2 ranks, a sorted set: keys by their first value
--   3 writers, a hash: writer -> the last sequence that was taken from it
-- ARGV: operations, one after the other: 'add' writer sequence keep count {key count values},
--       'largest' offset limit, or 'find' count {key}; each is answered by one element of the reply
--
-- Values are integers up to 2^53 - 1, which Lua's doubles hold exactly; they are kept as decimal
-- strings.

local ROWS, RANKS, WRITERS = KEYS[1], KEYS[2], KEYS[3]

-- these are the constants of Store and Rollups
local MAX_AMOUNT = 9007199254740991
local MAX_ROWS = 250000
local OTHERS = '(others)'

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local cursor = 0

local function word()
  cursor = cursor + 1
  return ARGV[cursor]
end

local function number()
  return tonumber(word())
end

local function numbers(stored)
  local found = {}
  for digits in string.gmatch(stored or '', '%S+') do
    found[#found + 1] = tonumber(digits)
  end
  return found
end

local function read_rows()
  local rows = {}
  for i = 1, number() do
    rows[i] = {key = word(), values = {}}
    for j = 1, number() do
      rows[i].values[j] = number()
    end
  end
  return rows
end

local function keys_of(rows)
  local keys = {}
  for i, row in ipairs(rows) do
    keys[i] = row.key
  end
  return keys
end

-- What is stored plus what is added, by key. Rows that find no place are added to the others.
local function sums(rows)
  local stored = redis.call('HMGET', ROWS, unpack(keys_of(rows)))
  local size = redis.call('HLEN', ROWS)
  local found = {}
  for i, row in ipairs(rows) do
    local key, before = row.key, stored[i]
    if not before then
      if size >= MAX_ROWS and key ~= OTHERS then
        key = OTHERS
        before = redis.call('HGET', ROWS, OTHERS)
      end
      size = size + 1
    end
    found[key] = found[key] or numbers(before)
    for j, value in ipairs(row.values) do
      found[key][j] = math.min(MAX_AMOUNT, (found[key][j] or 0) + value)
    end
  end
  return found
end

local function format(values)
  local words = {}
  for i, value in ipairs(values) do
    words[i] = string.format('%.0f', value)
  end
  return table.concat(words, ' ')
end

local function add()
  local writer, sequence, keep = word(), number(), word()
  local rows = read_rows()
  if tonumber(redis.call('HGET', WRITERS, writer) or 0) >= sequence then
    return {'REPEATED', now}
  end
  local set, ranked = {}, {}
  for key, values in pairs(sums(rows)) do
    set[#set + 1] = key
    set[#set + 1] = format(values)
    ranked[#ranked + 1] = string.format('%.0f', values[1])
    ranked[#ranked + 1] = key
  end
  redis.call('HSET', ROWS, unpack(set))
  redis.call('ZADD', RANKS, unpack(ranked))
  redis.call('HSET', WRITERS, writer, string.format('%.0f', sequence))
  for _, key in ipairs(KEYS) do
    if redis.call('PTTL', key) < tonumber(keep) then
      redis.call('PEXPIRE', key, keep)
    end
  end
  return {'ADDED', now}
end

local function reply_rows(keys)
  local reply = {'ROWS', now}
  if #keys > 0 then
    local stored = redis.call('HMGET', ROWS, unpack(keys))
    for i, key in ipairs(keys) do
      if stored[i] then
        reply[#reply + 1] = key
        reply[#reply + 1] = stored[i]
      end
    end
  end
  return reply
end

local function largest()
  local offset, limit = number(), number()
  return reply_rows(redis.call('ZREVRANGE', RANKS, offset, offset + limit - 1))
end

local function find()
  local keys = {}
  for i = 1, number() do
    keys[i] = word()
  end
  return reply_rows(keys)
end

local answers = {add = add, largest = largest, find = find}

local replies = {}
while cursor < #ARGV do
  replies[#replies + 1] = answers[word()]()
end
return replies
