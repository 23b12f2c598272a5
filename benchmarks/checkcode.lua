-- CHECKCODE, another phone in each request.
local n = 0
local offset = 0
function setup(thread) thread:set("start", offset); offset = offset + 10000000 end
function init(args) n = start + (tonumber(args[1]) or 0) end
function request()
  n = n + 1
  return wrk.format("GET", string.format("/MainService.svc/json/CheckCodeGen_V4_get?ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY&Phone=09%08d&Code=%06d", n % 100000000, n % 1000000))
end
