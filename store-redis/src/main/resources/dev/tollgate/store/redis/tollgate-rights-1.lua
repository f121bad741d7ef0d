-- Tries every command that the other scripts use, on keys of its own that it leaves empty.
--
-- KEYS  as those of tollgate-1.lua
-- The reply has one element: a list of the commands that were refused, each with the reason.

local HASH, SET, LIST = KEYS[1], KEYS[2], KEYS[3]

local COMMANDS = {
  {'TIME'},
  {'HSET', HASH, 'field', 'value'},
  {'HGET', HASH, 'field'},
  {'HMGET', HASH, 'field'},
  {'HKEYS', HASH},
  {'HLEN', HASH},
  {'HDEL', HASH, 'field'},
  {'ZADD', SET, '1', 'member'},
  {'ZCARD', SET},
  {'ZRANGE', SET, '0', '1'},
  {'ZREVRANGE', SET, '0', '1'},
  {'ZRANGEBYSCORE', SET, '-inf', '1'},
  {'ZSCORE', SET, 'member'},
  {'ZREM', SET, 'member'},
  {'ZREMRANGEBYSCORE', SET, '-inf', '1'},
  {'ZREMRANGEBYRANK', SET, '0', '0'},
  {'LPUSH', LIST, 'row'},
  {'LRANGE', LIST, '0', '1'},
  {'LTRIM', LIST, '0', '1'},
  {'PEXPIRE', LIST, '1000'},
  {'PTTL', LIST},
  {'DEL', LIST},
}

local refused = {}
for _, command in ipairs(COMMANDS) do
  local reply = redis.pcall(unpack(command))
  if type(reply) == 'table' and reply.err then
    refused[#refused + 1] = command[1] .. ' (' .. reply.err .. ')'
  end
end
return {refused}
