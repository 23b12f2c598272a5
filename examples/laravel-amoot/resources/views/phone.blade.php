<!doctype html>
<title>Log in</title>
<p>{{ $problem ?? $errors->first() }}</p>
<form method="post" action="/">@csrf <label>Mobile <input name="mobile" type="tel"></label> <button>Send code</button></form>
