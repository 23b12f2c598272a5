<!doctype html>
<title>Log in</title>
<p>{{ $problem ?? $errors->first() }}</p>
<form method="post" action="/code">@csrf <label>Code <input name="code" inputmode="numeric"></label> <button>Log in</button></form>
