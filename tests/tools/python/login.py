"""A backend's calls with generated clients of all three providers; prints what came back as JSON."""

import json
import sys

from amoot.api.one_time_codes import send_otp, send_otp_get
from amoot.models import SendOtpDataBody, SendOTPFields, SendOtpFilesBody
from esms.api.account import get_balance_json
from esms.api.one_time_codes import check_code_gen_v4_get, send_message_auto_gen_code_v4_get
from esms.models import Credentials
from thuesim.api.queries import api
from thuesim.api.rentals import register_service
from thuesim.models import ApiShow

import amoot
import esms
import thuesim

base_url = sys.argv[1]
token = {"token": "SANDBOX-TOKEN"}
keys = {"api_key": "SANDBOX-API-KEY", "secret_key": "SANDBOX-SECRET-KEY"}
told = {}

# eSMS sends a code to a number that thuesim rents out, where it is read, and checks it.
rentals, codes = thuesim.Client(base_url=base_url), esms.Client(base_url=base_url)
rented = register_service.sync(client=rentals, service_id="02.97", **token).request_log
phone = rented.phone.strip()
sent = send_message_auto_gen_code_v4_get.sync(
    client=codes, **keys, phone=phone, brandname="Sandbox", type_="2", message="{OTP} is your code"
)
read = api.sync(client=rentals, show=ApiShow.CODE, id=str(rented.id), **token).result
checked = check_code_gen_v4_get.sync(client=codes, **keys, phone=phone, code=read.code)
told["esms"] = [sent.code_result, checked.code_result]
told["esms by body"] = get_balance_json.sync(client=codes, body=Credentials(**keys)).code_response

# Each query of thuesim has a type of its own.
for show in ApiShow:
    answer = api.sync(client=rentals, show=show, id=str(rented.id), **token)
    held = getattr(answer, "data", None) or getattr(answer, "result", None)
    told[show.value] = [type(answer).__name__, type(held[0] if isinstance(held, list) else held).__name__]
told["refused"] = api.sync(client=rentals, show=ApiShow.BALANCE, token="wrong").status_code

# Amoot hands the code back.
messages = amoot.Client(base_url=base_url)
fields = {"sms_message_text": "Welcome", "line_number": "public", "mobile": "9121234567", "code_length": 5}
by_query = send_otp_get.sync(client=messages, **fields, **token)
told["amoot"] = [by_query.status.value, len(by_query.data.code)]
for body in (SendOTPFields, SendOtpDataBody, SendOtpFilesBody):
    told["amoot"].append(send_otp.sync(client=messages, body=body(**fields, **token)).status.value)

sys.stdout.write(json.dumps(told))
