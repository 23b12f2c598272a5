-- SendMultipleMessage_V4 as JSON, another phone in each request.
dofile("common.lua")
local body = '{"ApiKey":"SANDBOX-API-KEY","SecretKey":"SANDBOX-SECRET-KEY","Phone":"09%08d",'
  .. '"Content":"%d la ma cua ban","Brandname":"Sandbox","SmsType":"2"}'
function request()
  local n = another()
  return wrk.format(
    "POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/", {["Content-Type"] = "application/json"},
    string.format(body, n % 100000000, n))
end
