"""What Redis does in one step, in its own language. Each works on names of one slot."""

from typing import Final

JOIN: Final = """
local life = redis.call('GET', KEYS[1])
if not life then
  life = ARGV[1]
  redis.call('SET', KEYS[1], life)
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
end
local told = {life, redis.call('EXISTS', KEYS[2])}
for place = 3, #KEYS do told[place] = redis.call('GET', KEYS[place]) or '0' end
return told
"""
"""Keys: life, settling, the counter of each topic. Arguments: a new life, milliseconds of settling.

A Redis that was emptied has no life any more. Whoever finds that gives it a new one, and for as long as
it settles nothing is counted: every replica tells what it knows first.
"""

CHARGE: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 1 then return {} end
local told = {}
for place = 3, #KEYS do
  local given = 3 * (place - 2)
  local count = math.max(tonumber(redis.call('GET', KEYS[place]) or '0'), tonumber(ARGV[given]))
  local sum = count + tonumber(ARGV[given + 1])
  local fits = sum <= tonumber(ARGV[given + 2])
  if fits then count = sum end
  redis.call('SET', KEYS[place], string.format('%d', count), 'EX', ARGV[2])
  told[2 * place - 5] = fits and 1 or 0
  told[2 * place - 4] = count
end
return told
"""
"""Keys: life, settling, the counts. Arguments: the life, seconds; of each count the least it can be, what
to add, the most it may be.

Answers for each count 1 or 0, whether it fits, and the count; nothing where counts cannot be trusted.
"""

LIFT: Final = """
local count = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1])) + tonumber(ARGV[2])
redis.call('SET', KEYS[1], string.format('%d', count), 'EX', ARGV[3])
return count
"""
"""Key: the count. Arguments: the least count, what was given meanwhile, seconds. Answers the count."""

ANNOUNCE: Final = """
local count = redis.call('INCR', KEYS[1])
return redis.call('PUBLISH', ARGV[1], ARGV[2] .. ' ' .. count)
"""
"""Key: the counter of a topic. Arguments: the channel, the topic. Publishes `topic count`."""
