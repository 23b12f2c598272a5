-- GENCODE, another phone in each request.
local n = 0
local offset = 0
function setup(thread) thread:set("start", offset); offset = offset + 10000000 end
function init(args) n = start + (tonumber(args[1]) or 0) end
function request()
  n = n + 1
  return wrk.format("GET", string.format("/MainService.svc/json/SendMessageAutoGenCode_V4_get?Phone=09%08d&ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY&TimeAlive=10&NumCharOfCode=6&Brandname=Baotrixemay&Type=2&message=%%7BOTP%%7D%%20la%%20ma%%20xac%%20minh%%20dang%%20ky%%20Baotrixemay%%20cua%%20ban&IsNumber=1", n % 100000000))
end
