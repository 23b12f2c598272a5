-- What all loads share. Arguments of every load: the first number, how many requests (0: until the time is over), and
-- what the load itself asks for. The report is one line of JSON; latencies are in microseconds.
-- A thread that stops does not end wrk, which sleeps until its time is over: it is told by the line `enough`.
local number, answered, most = 0, 0, 0
arguments = {}

function init(args)
  arguments = args
  number = tonumber(args[1]) or 0
  most = tonumber(args[2]) or 0
  if most > 0 then
    -- Only a bounded load looks at answers: it costs the load generator time.
    response = function()
      answered = answered + 1
      if answered == most then
        wrk.thread:stop()
        io.stderr:write("enough\n")
        io.stderr:flush()
      end
    end
  end
end

function another()
  number = number + 1
  return number
end

-- The credentials of one of so many lanes; without lanes those of the lane `default`.
function credentials(n)
  local lanes = tonumber(arguments[3]) or 0
  if lanes == 0 then return "ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY" end
  local lane = n % lanes
  return string.format("ApiKey=BENCH-KEY-%d&SecretKey=BENCH-SECRET-%d", lane, lane)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'report {"requests": %d, "microseconds": %d, "errors": %d, "p50": %d, "p99": %d, "p99_9": %d}\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
