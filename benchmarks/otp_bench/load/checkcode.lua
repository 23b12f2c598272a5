-- CHECKCODE, another phone and another code in each request.
dofile("common.lua")
local path = "/MainService.svc/json/CheckCodeGen_V4_get?%s&Phone=09%08d&Code=%06d"
function request()
  local n = another()
  return wrk.format("GET", string.format(path, credentials(n), n % 100000000, n % 1000000))
end
