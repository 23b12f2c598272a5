-- SendSimple to as many recipients as the second argument says, others each time.
local number, count = 0, 1
function init(args)
  number = tonumber(args[1]) or 0
  count = tonumber(args[2]) or 1
end
function request()
  local mobiles = {}
  for index = 1, count do
    number = number + 1
    mobiles[index] = string.format("91%08d", number % 100000000)
  end
  local body = "Token=SANDBOX-TOKEN&SendDateTime=&SMSMessageText=Hello&LineNumber=public&Mobiles=" .. table.concat(mobiles, ",")
  return wrk.format("POST", "/rest/SendSimple", {["Content-Type"] = "application/x-www-form-urlencoded"}, body)
end
