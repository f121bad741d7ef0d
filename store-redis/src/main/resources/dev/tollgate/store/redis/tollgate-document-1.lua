-- Keeps one document, and writes it only for who knows its version.
--
-- KEYS: a hash of text, version and at (microseconds)
-- ARGV: operations, one after the other: 'read', or 'replace' version text; each is answered by one
--       element of the reply

local DOCUMENT = KEYS[1]

-- this is a constant of Store
local KEEP = 400 * 86400 * 1000000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

local function read()
  local stored = redis.call('HMGET', DOCUMENT, 'version', 'at', 'text')
  return {'READ', now, tonumber(stored[1] or 0), tonumber(stored[2] or 0), stored[3] or ''}
end

local function replace(version, text)
  if (redis.call('HGET', DOCUMENT, 'version') or '0') ~= version then
    return {'OTHER_VERSION', now}
  end
  local at = string.format('%.0f', now)
  redis.call('HSET', DOCUMENT, 'version', tonumber(version) + 1, 'at', at, 'text', text)
  redis.call('PEXPIRE', DOCUMENT, KEEP / 1000)
  return {'WRITTEN', now}
end

local replies = {}
local i = 1
while i <= #ARGV do
  if ARGV[i] == 'read' then
    replies[#replies + 1] = read()
    i = i + 1
  else
    replies[#replies + 1] = replace(ARGV[i + 1], ARGV[i + 2])
    i = i + 3
  end
end
return replies
