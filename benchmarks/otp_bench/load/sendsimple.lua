-- SendSimple to as many recipients as the third argument says, others in each request.
dofile("common.lua")
function request()
  local mobiles = {}
  for index = 1, tonumber(arguments[3]) or 1 do
    mobiles[index] = string.format("91%08d", another() % 100000000)
  end
  local body = "Token=SANDBOX-TOKEN&SendDateTime=&SMSMessageText=Hello&LineNumber=public&Mobiles="
    .. table.concat(mobiles, ",")
  return wrk.format("POST", "/rest/SendSimple", {["Content-Type"] = "application/x-www-form-urlencoded"}, body)
end
