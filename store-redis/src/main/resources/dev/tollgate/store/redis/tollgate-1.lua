-- Charges the counters of one account: reads what it needs, decides in memory, writes last.
-- Redis does not undo a script that fails, so nothing is written before everything is decided.
--
-- The version in this file's name is the version of the keys' format: scripts of two versions can
-- run side by side, for they use different keys.
--
-- KEYS, all under one hash tag:
--   1 counters, a hash: 'account' -> 'next open expires',
--               'b:<name>' -> 'tat rest limit', a bucket,
--               'q:<name>' -> 'start posted held end rung start posted held exposure exposure', a
--               quota: this window and the one before,
--               's:<name>' -> 'at from to days flag end {count before peak normal}', a surge: for
--               ten minutes, an hour and the day
--   2 holds, a hash: id -> 'mode expiry deadline {field amount mark micros rest} \n memo'; of a
--               quota, `micros` is the most that the amount may turn out to be; the mode of a
--               tombstone is 'late'
--   3 due, a sorted set: the ids of live holds by deadline
--   4 late, a sorted set: the ids of tombstones by the time at which they are forgotten
--   5 rows, a list: the journal, newest first
--   6 settled, a sorted set: the ids of the holds that were settled lately, by when
-- ARGV: operations, one after the other; each is answered by one element of the reply.
--
-- Records of earlier releases have no exposure, and nothing in the place of a quota's `micros`: what
-- they hold may then turn out to be no more than is held.
--
-- Times are microseconds, and all numbers integers below 2^53, which Lua's doubles hold exactly.
-- They are kept as decimal strings.

local COUNTERS, HOLDS, DUE, LATE, ROWS, SETTLED = unpack(KEYS)

-- these are the constants of Store, ReplicatedStore, Bucket, Quota and Surge
local MAX_AMOUNT = 9007199254740991
local MAX_HOLDS = 10000
local MAX_ROWS = 50
local MAX_TOLD_HOLDS = 100
local TOMBSTONE = 48 * 3600 * 1000000
local SETTLED_TIME = 600 * 1000000
local MAX_SETTLED = 10000
local MAX_LEVEL = 3650 * 86400 * 1000000
local FLAG = 24 * 3600 * 1000000
local MAX_COUNT = 1000000000000
local MAX_DAYS = 9
local SPANS = {
  {micros = 600 * 1000000, floor = 30, halves = 4, per_expected = 2250},
  {micros = 3600 * 1000000, floor = 60, halves = 5, per_expected = 2750},
  {micros = 0, floor = 150, halves = 8, per_expected = 4000},
}
local DAY = 3

-- what a hold has taken of a counter that it has not charged
local NOTHING = {amount = 0, mark = 0, span = {micros = 0, rest = 0}}
-- later than any time
local NEVER = 9007199254740992
-- keys outlive what is asked for by this, so that not every call has to prolong them
local SPARE = 60 * 1000000
-- Lua can pass only some thousand arguments to a command
local MAX_ARGUMENTS = 1000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

local account = {next = NEVER, open = 0, expires = 0}
local stored_account = false
local counters = {}
local holds = {}
local new_rows = {}
local new_settled = {}

local function text(number)
  return string.format('%.0f', number)
end

local function numbers(stored)
  local found = {}
  for word in string.gmatch(stored, '%S+') do
    found[#found + 1] = tonumber(word)
  end
  return found
end

---------------------------------------------------------------------------------------------------
-- Reading the operations

local cursor = 0

local function word()
  cursor = cursor + 1
  return ARGV[cursor]
end

local function number()
  return tonumber(word())
end

local function list(read)
  local items = {}
  for i = 1, number() do
    items[i] = read()
  end
  return items
end

local function span()
  return {micros = number(), rest = number()}
end

local function surge()
  return {field = 's:' .. word(), surge = true, from = number(), to = number(), expected = number()}
end

-- what a request takes from a counter; `likely` and `reduced` are the amounts of the modes, and
-- `worst` is the most that the likely one may turn out to be
local function charge()
  local kind = word()
  if kind == 'bucket' then
    return {
      field = 'b:' .. word(), bucket = true, limit = number(), room = span(),
      likely = number(), worst = number(), reduced = number(),
      likely_span = span(), reduced_span = span(),
    }
  end
  if kind == 'surge' then
    local part = surge()
    part.action = word()
    part.likely, part.worst, part.reduced = number(), number(), number()
    return part
  end
  return {
    field = 'q:' .. word(), from = number(), to = number(), soft = number(), hard = number(),
    likely = number(), worst = number(), reduced = number(), notices = list(number),
  }
end

-- what was really used of a counter
local function usage()
  local kind = word()
  if kind == 'bucket' then
    return {field = 'b:' .. word(), bucket = true, limit = number(), span = span()}
  end
  if kind == 'surge' then
    return surge()
  end
  return {
    field = 'q:' .. word(), from = number(), to = number(), amount = number(),
    notices = list(number),
  }
end

-- what a counter gets back of an amount that was posted at once
local function refunded()
  local kind = word()
  if kind == 'bucket' then
    return {
      field = 'b:' .. word(), bucket = true, limit = number(), mark = number(), micros = number(),
    }
  end
  if kind == 'surge' then
    return surge()
  end
  return {
    field = 'q:' .. word(), from = number(), to = number(), mark = number(), amount = number(),
  }
end

local readers = {
  reserve = function()
    return {
      id = word(), hold = number(), expiry = word(), memo = word(), keep = number(),
      charges = list(charge),
    }
  end,
  restore = function()
    return {
      id = word(), hold = number(), expiry = word(), memo = word(), keep = number(),
      deadline = number(), open_until = number(), charges = list(charge), marks = list(number),
    }
  end,
  read = function()
    return {hold = 0, charges = list(charge)}
  end,
  settle = function()
    return {id = word(), deadline = number(), row = word(), charges = list(usage)}
  end,
  refund = function()
    return {charges = list(refunded)}
  end,
  reset = function()
    return {charges = {}}
  end,
  rows = function()
    return {charges = {}}
  end,
  open = function()
    return {charges = {}}
  end,
  expire = function()
    return {id = word(), charges = {}}
  end,
}

---------------------------------------------------------------------------------------------------
-- Buckets

local function parse_bucket(stored)
  local tat, rest, limit = unpack(numbers(stored))
  return {tat = tat, rest = rest, limit = limit}
end

local function format_bucket(bucket)
  return text(bucket.tat) .. ' ' .. text(bucket.rest) .. ' ' .. text(bucket.limit)
end

-- Keeps the amount that is counted when the limit was changed: the time in which it flows back
-- changes with it.
local function adapt(bucket, limit)
  if bucket.limit ~= limit then
    local level = math.max(0, bucket.tat - now) + (bucket.rest > 0 and 1 or 0)
    bucket.tat = now + math.min(math.ceil(level * bucket.limit / limit), MAX_LEVEL)
    bucket.rest = 0
    bucket.limit = limit
    bucket.dirty = true
  end
end

-- how long until the bucket is full again
local function level(bucket)
  if bucket.tat < now then
    return 0, 0
  end
  return bucket.tat - now, bucket.rest
end

-- The level with a span on top. Rests may be close to 2^53: subtracting first keeps every number
-- below that.
local function raised(bucket, more)
  local micros, rest = level(bucket)
  if rest >= bucket.limit - more.rest then
    return micros + more.micros + 1, rest - (bucket.limit - more.rest)
  end
  return micros + more.micros, rest + more.rest
end

local function has_room(bucket, room, more)
  local micros, rest = raised(bucket, more)
  return micros < room.micros or micros == room.micros and rest <= room.rest
end

local function fill(bucket, more)
  local micros, rest = raised(bucket, more)
  if micros >= MAX_LEVEL then
    micros, rest = MAX_LEVEL, 0
  end
  bucket.tat = now + micros
  bucket.rest = rest
  bucket.dirty = true
end

-- Gives back, but not what has flowed back already since it was taken.
local function drain(bucket, less, mark)
  local micros = level(bucket)
  local back = math.min(less, math.max(0, mark - now))
  if back >= micros then
    bucket.tat = now
    bucket.rest = 0
  else
    bucket.tat = bucket.tat - back
  end
  bucket.dirty = true
end

---------------------------------------------------------------------------------------------------
-- Quotas

-- the exposure is the most that what is held may turn out to be
local function totals(start, posted, held, exposure)
  return {start = start, posted = posted, held = held, exposure = math.max(held, exposure or 0)}
end

local function parse_quota(stored)
  local n = numbers(stored)
  return {
    is_stored = true, current = totals(n[1], n[2], n[3], n[9]), to = n[4], rung = n[5],
    previous = totals(n[6], n[7], n[8], n[10]),
  }
end

local function format_quota(quota)
  local current, previous = quota.current, quota.previous
  return string.format(
    '%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f', current.start, current.posted,
    current.held, quota.to, quota.rung, previous.start, previous.posted, previous.held,
    current.exposure, previous.exposure)
end

-- Starts a new window if the current one has ended; a clock that goes back does not. A counter that
-- was never charged is not worth writing.
local function roll(quota, from, to)
  if from > quota.current.start then
    quota.previous = quota.current
    quota.current = totals(from, 0, 0)
    quota.rung = 0
    quota.dirty = quota.is_stored
  end
  if from == quota.current.start and to ~= quota.to then
    quota.to = to
    quota.dirty = quota.is_stored
  end
end

local function exceeds_soft(quota, soft, amount)
  return quota.current.posted + quota.current.held + amount > soft
end

local function exceeds_hard(quota, hard, most)
  return quota.current.posted + quota.current.exposure + most > hard
end

local function climb(quota, notices, amount)
  local rung = 0
  while rung < #notices and amount >= notices[rung + 1] do
    rung = rung + 1
  end
  if rung > quota.rung then
    quota.rung = rung
    quota.dirty = true
  end
end

-- Begins a window that ended before it was ever charged here.
local function reopen(quota, start)
  if quota.previous.start < start and start < quota.current.start then
    quota.previous = totals(start, 0, 0)
  end
end

-- Changes what is held, and may turn out to be, and what is posted in the window that began at
-- `start`.
local function change(quota, start, held, exposure, posted)
  for _, window in ipairs({quota.current, quota.previous}) do
    if window.start == start then
      window.held = math.max(0, window.held + held)
      window.exposure = math.max(window.held, window.exposure + exposure)
      window.posted = math.max(0, math.min(MAX_AMOUNT, window.posted + posted))
      quota.dirty = true
      return
    end
  end
end

---------------------------------------------------------------------------------------------------
-- Surges: all in thousandths of a request

local function new_surge(expected)
  local surge = {at = 0, from = -1, to = 0, days = 0, flag = 0, ends = 0, windows = {}}
  for i, span in ipairs(SPANS) do
    surge.windows[i] = {count = 0, before = 0, peak = 0, normal = expected * span.per_expected}
  end
  return surge
end

local function parse_surge(stored)
  local n = numbers(stored)
  local surge = {
    at = n[1], from = n[2], to = n[3], days = n[4], flag = n[5], ends = n[6], windows = {},
  }
  for i = 1, #SPANS do
    local first = 3 + 4 * i
    surge.windows[i] = {
      count = n[first], before = n[first + 1], peak = n[first + 2], normal = n[first + 3],
    }
  end
  return surge
end

-- one format for all of them: a script spends most of its time on strings
local function format_surge(surge)
  local a, b, c = surge.windows[1], surge.windows[2], surge.windows[3]
  return string.format(
    '%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f',
    surge.at, surge.from, surge.to, surge.days, surge.flag, surge.ends,
    a.count, a.before, a.peak, a.normal, b.count, b.before, b.peak, b.normal,
    c.count, c.before, c.peak, c.normal)
end

-- above this a span's count is abnormal
local function most(surge, i)
  return math.max(
    1000 * SPANS[i].floor, math.floor(surge.windows[i].normal * SPANS[i].halves / 2))
end

-- what the day that is over teaches
local function learn(surge)
  if surge.windows[DAY].peak > 0 then
    surge.days = math.min(surge.days + 1, MAX_DAYS)
  end
  for i, window in ipairs(surge.windows) do
    local peak = math.min(window.peak, most(surge, i))
    if peak > window.normal then
      window.normal = window.normal + math.floor((peak - window.normal) / 2)
    elseif peak > 0 then
      window.normal = window.normal - math.floor((window.normal - peak) / (surge.days + 1))
    end
    window.peak = 0
  end
end

local function slide(surge, i)
  local length = SPANS[i].micros
  local last, start = surge.at - math.fmod(surge.at, length), now - math.fmod(now, length)
  if start > last then
    local window = surge.windows[i]
    window.before = start == last + length and window.count or 0
    window.count = 0
  end
end

-- Starts the windows that have begun since; a clock that goes back starts none.
local function roll_surge(surge, from, to)
  if from > surge.from then
    learn(surge)
    surge.windows[DAY].count = 0
    surge.from, surge.to = from, to
  end
  slide(surge, 1)
  slide(surge, 2)
  surge.at = math.max(surge.at, now)
  if surge.ends <= now then
    surge.flag = 0
  end
end

local function counted(surge, i)
  local window = surge.windows[i]
  if i == DAY then
    return window.count * 1000
  end
  local length = SPANS[i].micros
  local left = length - math.fmod(surge.at, length)
  return window.count * 1000 + window.before * math.floor(left * 1000 / length)
end

local function count(surge, amount)
  if amount == 0 then
    return
  end
  surge.dirty = true
  for i, window in ipairs(surge.windows) do
    window.count = math.min(MAX_COUNT, window.count + amount)
    local level = counted(surge, i)
    if level > window.peak then
      window.peak = level
    end
    if surge.flag == 0 and level > most(surge, i) then
      surge.flag = i
      surge.ends = now + FLAG
    end
  end
end

---------------------------------------------------------------------------------------------------
-- Loading

-- `basis` is the limit of a bucket and what is expected of a surge
local function parse_counter(field, stored, basis)
  local kind = string.sub(field, 1, 2)
  if kind == 'b:' then
    return stored and parse_bucket(stored) or {tat = 0, rest = 0, limit = basis}
  end
  if kind == 's:' then
    return stored and parse_surge(stored) or new_surge(basis)
  end
  return stored and parse_quota(stored)
    or {current = totals(-1, 0, 0), to = 0, rung = 0, previous = totals(-1, 0, 0)}
end

-- Fetches the account and every counter that the operations name.
local function load(operations)
  local fields, bases = {'account'}, {}
  for _, operation in ipairs(operations) do
    for _, part in ipairs(operation.charges) do
      if not bases[part.field] then
        bases[part.field] = part.limit or part.expected or 0
        fields[#fields + 1] = part.field
      end
    end
  end
  local stored = redis.call('HMGET', COUNTERS, unpack(fields))
  if stored[1] then
    stored_account = stored[1]
    account.next, account.open, account.expires = unpack(numbers(stored[1]))
  end
  for i = 2, #fields do
    counters[fields[i]] = parse_counter(fields[i], stored[i], bases[fields[i]])
  end
end

local function counter(field)
  if not counters[field] then
    counters[field] = parse_counter(field, redis.call('HGET', COUNTERS, field), 0)
  end
  return counters[field]
end

local function parse_hold(id, stored)
  local line_end = string.find(stored, '\n', 1, true)
  local words = {}
  for found in string.gmatch(string.sub(stored, 1, line_end - 1), '%S+') do
    words[#words + 1] = found
  end
  local hold = {
    was = 'live', state = 'live', mode = words[1], expiry = words[2],
    deadline = tonumber(words[3]), parts = {}, memo = string.sub(stored, line_end + 1),
  }
  for i = 4, #words, 5 do
    hold.parts[#hold.parts + 1] = {
      field = words[i], amount = tonumber(words[i + 1]), mark = tonumber(words[i + 2]),
      span = {micros = tonumber(words[i + 3]), rest = tonumber(words[i + 4])},
    }
  end
  if hold.mode == 'late' then
    hold.was = 'late'
    hold.state = now < hold.deadline + TOMBSTONE and 'late' or 'gone'
  end
  return hold
end

local function format_hold(hold)
  local words = {hold.mode, hold.expiry, text(hold.deadline)}
  for _, part in ipairs(hold.parts) do
    words[#words + 1] = part.field
    words[#words + 1] = string.format(
      '%.0f %.0f %.0f %.0f', part.amount, part.mark, part.span.micros, part.span.rest)
  end
  return table.concat(words, ' ') .. '\n' .. hold.memo
end

-- a hold of any state: live, late (expired, but can be settled) or gone
local function find_hold(id)
  if not holds[id] then
    local stored = redis.call('HGET', HOLDS, id)
    holds[id] = stored and parse_hold(id, stored) or {was = 'gone', state = 'gone'}
  end
  return holds[id]
end

-- The next deadline of a live hold, after what this script did to holds so far.
local function next_deadline()
  if account.next then
    return account.next
  end
  local least, first = NEVER, 0
  for _, hold in pairs(holds) do
    if hold.state == 'live' then
      least = math.min(least, hold.deadline)
    end
  end
  repeat
    local page = redis.call('ZRANGE', DUE, first, first + 15, 'WITHSCORES')
    for i = 1, #page, 2 do
      if not holds[page[i]] then
        account.next = math.min(least, tonumber(page[i + 1]))
        return account.next
      end
    end
    first = first + 16
  until #page == 0
  account.next = least
  return least
end

---------------------------------------------------------------------------------------------------
-- Holds

local function write_row(row)
  if row ~= '' then
    new_rows[#new_rows + 1] = row
  end
end

local function end_hold(hold, state)
  if hold.state == 'live' then
    account.open = account.open - 1
    if account.next == hold.deadline then
      account.next = nil
    end
  end
  hold.state = state
  hold.dirty = true
end

-- what the expiry of a hold has posted of an amount
local function charged(hold, amount)
  return hold.state ~= 'live' and hold.expiry == 'CHARGED' and amount or 0
end

-- the most that what a hold took of a quota may turn out to be
local function most_of(taken)
  return math.max(taken.amount, taken.span.micros)
end

-- A bucket keeps what an expired hold took: it flows back by itself. No notice is crossed here:
-- nobody asked who could be told.
local function expire_hold(hold)
  end_hold(hold, 'late')
  for _, part in ipairs(hold.parts) do
    if string.sub(part.field, 1, 2) == 'q:' then
      change(
        counter(part.field), part.mark, -part.amount, -most_of(part), charged(hold, part.amount))
    end
  end
  write_row(hold.memo)
  hold.mode = 'late'
  hold.memo = ''
end

-- Ends the holds whose deadline has come. All operations of a call happen at the same time, so once
-- is enough.
local function sweep()
  if now < account.next then
    return
  end
  account.next = nil
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', text(now))) do
    expire_hold(find_hold(id))
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', LATE, '-inf', text(now))) do
    end_hold(find_hold(id), 'gone')
  end
end

---------------------------------------------------------------------------------------------------
-- Operations

local function rungs(charges)
  local found = {}
  for i, part in ipairs(charges) do
    found[i] = counters[part.field].flag or counters[part.field].rung or 0
  end
  return found
end

local function append_state(reply, part, rung_before)
  local found = counters[part.field]
  if part.bucket then
    adapt(found, part.limit)
    reply[#reply + 1], reply[#reply + 2] = level(found)
    return
  end
  if part.surge then
    local i = found.flag == 0 and DAY or found.flag
    for _, value in ipairs({
      counted(found, i), most(found, i), found.from, found.to, found.ends, rung_before, found.flag,
    }) do
      reply[#reply + 1] = value
    end
    return
  end
  for _, value in ipairs({
    found.current.start, found.to, found.current.posted, found.current.held,
    found.current.exposure, rung_before, found.rung,
  }) do
    reply[#reply + 1] = value
  end
end

-- what must fit: of a quota the most that the amount may turn out to be
local function must_fit(part, mode)
  return part.hard and mode == 'likely' and part.worst or part[mode]
end

-- outcome, time, next deadline, hold's deadline; for each charge: what must fit, the amount that was
-- taken, the most that it may turn out to be, its mark, and the counter's state
local function reserve_reply(outcome, operation, mode, hold, is_new, rungs_before)
  local reply = {outcome, now, next_deadline(), hold and hold.deadline or 0}
  for i, part in ipairs(operation.charges) do
    local taken = hold and hold.parts[i] or NOTHING
    reply[#reply + 1] = is_new and 0 or must_fit(part, mode)
    reply[#reply + 1] = taken.amount
    reply[#reply + 1] = part.hard and most_of(taken) or taken.amount
    reply[#reply + 1] = taken.mark
    append_state(reply, part, rungs_before[i])
  end
  return reply
end

-- whether the caller does not know the time well enough to send the right windows
local function is_stale(charges)
  for _, part in ipairs(charges) do
    if not part.bucket and (now < part.from or now >= part.to) then
      return true
    end
  end
  return false
end

local function passes_soft(part)
  if part.surge then
    return part.action == 'RESTRICT' and counters[part.field].flag > 0
  end
  return not part.bucket and exceeds_soft(counters[part.field], part.soft, part.likely)
end

local function passes_hard(part)
  return part.hard and exceeds_hard(counters[part.field], part.hard, part.worst)
end

local function mode_of(charges)
  for _, part in ipairs(charges) do
    if passes_soft(part) or passes_hard(part) then
      return 'reduced'
    end
  end
  return 'likely'
end

local function outcome_of(mode)
  return mode == 'reduced' and 'REDUCED' or 'FULL'
end

local function fits(charges, mode)
  for _, part in ipairs(charges) do
    local found = counters[part.field]
    if part.bucket then
      if not has_room(found, part.room, part[mode .. '_span']) then
        return false
      end
    elseif part.surge then
      if part.action == 'BLOCK' and found.flag > 0 then
        return false
      end
    elseif exceeds_hard(found, part.hard, must_fit(part, mode)) then
      return false
    end
  end
  return true
end

local function take(part, mode, is_held)
  local found = counters[part.field]
  if part.bucket then
    local taken = part[mode .. '_span']
    fill(found, taken)
    return {field = part.field, amount = part[mode], mark = found.tat, span = taken}
  end
  if part.surge then
    count(found, part[mode])
    return {field = part.field, amount = part[mode], mark = 0, span = {micros = 0, rest = 0}}
  end
  if mode == 'reduced' and passes_soft(part) then
    climb(found, part.notices, part.soft)
  end
  if is_held then
    found.current.held = found.current.held + part[mode]
    found.current.exposure = found.current.exposure + must_fit(part, mode)
  else
    found.current.posted = found.current.posted + part[mode]
    climb(found, part.notices, found.current.posted)
  end
  found.dirty = true
  return {
    field = part.field, amount = part[mode], mark = found.current.start,
    span = {micros = must_fit(part, mode), rest = 0},
  }
end

local function keep_hold(operation, mode, deadline, parts)
  local hold = {
    mode = mode, expiry = operation.expiry, deadline = deadline, memo = operation.memo,
    parts = parts, was = find_hold(operation.id).was, state = 'live', dirty = true,
  }
  holds[operation.id] = hold
  account.open = account.open + 1
  account.next = math.min(next_deadline(), deadline)
  return hold
end

local function commit(operation, mode)
  local is_held = operation.hold > 0
  local parts = {}
  for i, part in ipairs(operation.charges) do
    parts[i] = take(part, mode, is_held)
  end
  account.keep = math.max(account.keep or 0, now + operation.keep)
  if is_held then
    return keep_hold(operation, mode, now + operation.hold, parts)
  end
  return {deadline = 0, parts = parts}
end

local function prepare(charges)
  for _, part in ipairs(charges) do
    if part.bucket then
      adapt(counters[part.field], part.limit)
    elseif part.surge then
      roll_surge(counters[part.field], part.from, part.to)
    else
      roll(counters[part.field], part.from, part.to)
    end
  end
end

local function by_field(parts)
  local found = {}
  for _, part in ipairs(parts) do
    found[part.field] = part
  end
  return found
end

-- a hold that there is, in the order of the request that asks for it again
local function replay(operation, hold, mode)
  local taken, parts = by_field(hold.parts), {}
  for i, part in ipairs(operation.charges) do
    parts[i] = taken[part.field] or NOTHING
  end
  local first = {deadline = hold.deadline, parts = parts}
  return reserve_reply(outcome_of(mode), operation, mode, first, false, rungs(operation.charges))
end

local function reserve(operation)
  prepare(operation.charges)
  if account.open > 0 and find_hold(operation.id).state == 'live' then
    local first = find_hold(operation.id)
    -- money is leased only if a replica knows of it, and newer servers let WAIT wait only for what
    -- the same connection has written
    first.dirty = first.dirty or first.expiry == 'CHARGED'
    return replay(operation, first, first.mode)
  end
  local mode = mode_of(operation.charges)
  local before = rungs(operation.charges)
  local is_crowded = operation.hold > 0 and account.open >= MAX_HOLDS
  if is_crowded or not fits(operation.charges, mode) then
    return reserve_reply('REFUSED', operation, mode, nil, false, before)
  end
  local hold = commit(operation, mode)
  return reserve_reply(outcome_of(mode), operation, mode, hold, true, before)
end

-- Whether the hold that has its id is the one that is to be ended; 0 stands for any deadline. One
-- that was taken with the same id later has another deadline.
local function is_meant(operation, hold)
  return hold.state ~= 'gone'
    and (operation.deadline == 0 or operation.deadline == hold.deadline)
end

-- Whether a hold that is gone was settled, or may have been: ids are not remembered for ever.
local function may_be_settled(id, open_until)
  if new_settled[id] or open_until + SETTLED_TIME < now or redis.call('ZSCORE', SETTLED, id) then
    return true
  end
  if redis.call('ZCARD', SETTLED) < MAX_SETTLED then
    return false
  end
  return tonumber(redis.call('ZRANGE', SETTLED, 0, 0, 'WITHSCORES')[2]) > open_until
end

-- What was taken of a bucket has flowed back, or soon will have.
local function hold_again(part, mark)
  local again = {field = part.field, amount = 0, mark = 0, span = {micros = 0, rest = 0}}
  if not part.bucket and not part.surge then
    reopen(counters[part.field], mark)
    change(counters[part.field], mark, part.likely, part.worst, 0)
    again.amount, again.mark, again.span.micros = part.likely, mark, part.worst
  end
  return again
end

-- Holds again what a server before this one held. Limits have been checked there.
local function restore(operation)
  prepare(operation.charges)
  local hold = find_hold(operation.id)
  if is_meant(operation, hold) then
    return replay(operation, hold, 'likely')
  end
  local before = rungs(operation.charges)
  local is_known = hold.state ~= 'gone' or may_be_settled(operation.id, operation.open_until)
  if is_known or account.open >= MAX_HOLDS then
    return reserve_reply('REFUSED', operation, 'likely', nil, false, before)
  end
  local parts = {}
  for i, part in ipairs(operation.charges) do
    parts[i] = hold_again(part, operation.marks[i])
  end
  account.keep = math.max(account.keep or 0, now + operation.keep)
  hold = keep_hold(operation, 'likely', operation.deadline, parts)
  return reserve_reply('FULL', operation, 'likely', hold, true, before)
end

local function read(operation)
  prepare(operation.charges)
  local mode = mode_of(operation.charges)
  local outcome = fits(operation.charges, mode) and outcome_of(mode) or 'REFUSED'
  return reserve_reply(outcome, operation, mode, nil, false, rungs(operation.charges))
end

-- Replaces what was taken from a bucket: more is debt, less flows back.
local function correct(bucket, taken, used)
  local micros, rest = used.micros - taken.span.micros, used.rest - taken.span.rest
  if rest < 0 then
    micros, rest = micros - 1, rest + bucket.limit
  end
  if micros >= 0 then
    fill(bucket, {micros = micros, rest = rest})
  else
    drain(bucket, rest > 0 and -micros - 1 or -micros, taken.mark)
  end
end

local function apply(part, taken, hold)
  local found = counters[part.field]
  if part.bucket then
    correct(found, taken, part.span)
  elseif not part.surge then
    if hold.state == 'live' then
      change(found, taken.mark, -taken.amount, -most_of(taken), 0)
    end
    change(found, taken.mark, 0, 0, part.amount - charged(hold, taken.amount))
    climb(found, part.notices, found.current.posted)
  end
end

-- outcome, time, next deadline; for each part its counter's state
local function end_reply(outcome, operation, rungs_before)
  local reply = {outcome, now, next_deadline()}
  for i, part in ipairs(operation.charges) do
    append_state(reply, part, rungs_before[i])
  end
  return reply
end

-- A hold's record goes when it is settled, so an unknown hold has been settled before.
local function settle(operation)
  prepare(operation.charges)
  local hold = find_hold(operation.id)
  local before = rungs(operation.charges)
  if not is_meant(operation, hold) then
    return end_reply('REPEATED', operation, before)
  end
  local is_live = hold.state == 'live'
  local taken = by_field(hold.parts)
  for _, part in ipairs(operation.charges) do
    if taken[part.field] then
      apply(part, taken[part.field], hold)
    end
  end
  write_row(operation.row)
  end_hold(hold, 'gone')
  new_settled[operation.id] = true
  return end_reply(is_live and 'APPLIED' or 'LATE', operation, before)
end

local function refund(operation)
  prepare(operation.charges)
  for _, part in ipairs(operation.charges) do
    if part.bucket then
      drain(counters[part.field], part.micros, part.mark)
    elseif not part.surge then
      change(counters[part.field], part.mark, 0, 0, -part.amount)
    end
  end
  return end_reply('APPLIED', operation, rungs(operation.charges))
end

local function clear(found)
  if found.tat then
    found.tat, found.rest = math.min(found.tat, now), 0
  elseif found.windows then
    found.flag, found.ends = 0, 0
    for _, window in ipairs(found.windows) do
      window.count, window.before = 0, 0
    end
  else
    found.current.posted, found.previous.posted, found.rung = 0, 0, 0
  end
  found.dirty = true
end

-- Counts anew what is stored, and what operations before this one have changed.
local function reset()
  for _, field in ipairs(redis.call('HKEYS', COUNTERS)) do
    if field ~= 'account' then
      clear(counter(field))
    end
  end
  for _, found in pairs(counters) do
    if found.dirty then
      clear(found)
    end
  end
  return {'APPLIED', now}
end

local function rows()
  local found = {}
  for i = #new_rows, 1, -1 do
    found[#found + 1] = new_rows[i]
  end
  for _, row in ipairs(redis.call('LRANGE', ROWS, 0, MAX_ROWS - 1)) do
    found[#found + 1] = row
  end
  for i = #found, MAX_ROWS + 1, -1 do
    found[i] = nil
  end
  return found
end

-- Those that are stored, less those that operations before this one have ended, and those that
-- they have opened.
local function open_holds()
  local changed = 0
  for _ in pairs(holds) do
    changed = changed + 1
  end
  for _, id in ipairs(redis.call('ZRANGE', DUE, 0, MAX_TOLD_HOLDS + changed - 1)) do
    find_hold(id)
  end
  local open = {}
  for id, hold in pairs(holds) do
    if hold.state == 'live' then
      open[#open + 1] = {id = id, deadline = hold.deadline, memo = hold.memo}
    end
  end
  table.sort(open, function(a, b)
    return a.deadline < b.deadline or a.deadline == b.deadline and a.id < b.id
  end)
  local reply = {'APPLIED', now}
  for i = 1, math.min(#open, MAX_TOLD_HOLDS) do
    reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = open[i].id, open[i].deadline, open[i].memo
  end
  return reply
end

local function expire(operation)
  local hold = find_hold(operation.id)
  if hold.state ~= 'live' then
    return {'REPEATED', now}
  end
  expire_hold(hold)
  return {'APPLIED', now}
end

local answers = {
  reserve = reserve, restore = restore, read = read, settle = settle, refund = refund,
  reset = reset, rows = rows, open = open_holds, expire = expire,
}

---------------------------------------------------------------------------------------------------
-- Writing

-- `arguments` come in pairs or alone; a chunk never cuts a pair, for its length is even
local function write(command, key, arguments)
  for first = 1, #arguments, MAX_ARGUMENTS do
    local last = math.min(first + MAX_ARGUMENTS - 1, #arguments)
    redis.call(command, key, unpack(arguments, first, last))
  end
end

local function append(target, ...)
  for _, item in ipairs({...}) do
    target[#target + 1] = item
  end
end

-- Forgets the oldest tombstones when there are too many.
local function bound_tombstones()
  local excess = redis.call('ZCARD', LATE) - MAX_HOLDS
  if excess > 0 then
    local oldest = redis.call('ZRANGE', LATE, 0, excess - 1)
    write('HDEL', HOLDS, oldest)
    write('ZREM', LATE, oldest)
  end
end

local function write_holds()
  if not next(holds) then
    return
  end
  local set, removed, due, not_due, late, not_late = {}, {}, {}, {}, {}, {}
  for id, hold in pairs(holds) do
    if hold.dirty then
      if hold.was == 'live' then
        append(not_due, id)
      elseif hold.was == 'late' then
        append(not_late, id)
      end
      if hold.state == 'gone' then
        append(removed, id)
      else
        append(set, id, format_hold(hold))
      end
      if hold.state == 'live' then
        append(due, text(hold.deadline), id)
      elseif hold.state == 'late' then
        append(late, text(hold.deadline + TOMBSTONE), id)
      end
    end
  end
  write('HDEL', HOLDS, removed)
  write('HSET', HOLDS, set)
  write('ZREM', DUE, not_due)
  write('ZADD', DUE, due)
  write('ZREM', LATE, not_late)
  write('ZADD', LATE, late)
  if #late > 0 then
    bound_tombstones()
  end
  return #set > 0, #due > 0, #late > 0
end

-- the counters to write, and the time until which they must be kept for the buckets' sake
local function dirty_counters()
  local fields, needed = {}, 0
  for field, found in pairs(counters) do
    if found.dirty and found.tat then
      append(fields, field, format_bucket(found))
      needed = math.max(needed, found.tat + 1000000)
    elseif found.dirty then
      append(fields, field, found.windows and format_surge(found) or format_quota(found))
    end
  end
  return fields, needed
end

local function write_counters()
  local fields, needed = dirty_counters()
  -- a refund may be all that an account knows of
  needed = math.max(needed, account.keep or #fields > 0 and now or 0)
  local is_longer = needed > account.expires
  if is_longer then
    account.expires = needed + SPARE
  end
  local state = text(next_deadline()) .. ' ' .. text(account.open) .. ' ' .. text(account.expires)
  if is_longer or stored_account and state ~= stored_account then
    append(fields, 'account', state)
  end
  write('HSET', COUNTERS, fields)
  return is_longer
end

local function write_rows()
  if #new_rows == 0 then
    return false
  end
  write('LPUSH', ROWS, new_rows)
  redis.call('LTRIM', ROWS, 0, MAX_ROWS - 1)
  return true
end

-- This key is not kept as long as the others.
local function write_settled()
  local ids = {}
  for id in pairs(new_settled) do
    append(ids, text(now), id)
  end
  if #ids > 0 then
    write('ZADD', SETTLED, ids)
    redis.call('ZREMRANGEBYSCORE', SETTLED, '-inf', text(now - SETTLED_TIME - 1))
    redis.call('ZREMRANGEBYRANK', SETTLED, 0, -MAX_SETTLED - 1)
    redis.call('PEXPIRE', SETTLED, text(SETTLED_TIME / 1000))
  end
end

-- A key that was written must expire; the counters' key was prolonged before unless it is longer.
local function write_all()
  local touched = {}
  touched[COUNTERS] = write_counters()
  touched[HOLDS], touched[DUE], touched[LATE] = write_holds()
  touched[ROWS] = write_rows()
  write_settled()
  for key, is_touched in pairs(touched) do
    if is_touched then
      redis.call('PEXPIRE', key, text(math.ceil((account.expires - now) / 1000)))
    end
  end
end

---------------------------------------------------------------------------------------------------

local operations = {}
while cursor < #ARGV do
  local name = word()
  local operation = readers[name]()
  operation.name = name
  operations[#operations + 1] = operation
end
load(operations)
sweep()
local replies = {}
for i, operation in ipairs(operations) do
  replies[i] = is_stale(operation.charges) and {'STALE', now} or answers[operation.name](operation)
end
write_all()
return replies
