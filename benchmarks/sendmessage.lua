-- SendMultipleMessage_V4 as JSON, another phone each time.
local number = 0
function init(args) number = tonumber(args[1]) or 0 end
function request()
  number = number + 1
  local body = string.format(
    '{"ApiKey":"SANDBOX-API-KEY","SecretKey":"SANDBOX-SECRET-KEY","Phone":"09%08d","Content":"%d la ma cua ban","Brandname":"Sandbox","SmsType":"2"}',
    number % 100000000, number)
  return wrk.format("POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/", {["Content-Type"] = "application/json"}, body)
end
