<?php

namespace App\Http\Controllers;

use App\Services\Amoot;
use App\Services\Unavailable;
use Illuminate\Http\Request;
use Illuminate\Routing\Controller;
use Illuminate\Support\Facades\Cache;
use Illuminate\Support\Facades\RateLimiter;

/** The two steps of a login. A code is good for two minutes, three tries and one login. */
class LoginController extends Controller
{
    private const SECONDS = 120;
    private const TRIES = 3;

    public function send(Request $request, Amoot $amoot)
    {
        ['mobile' => $mobile] = $request->validate(['mobile' => ['required', 'regex:/^09\d{9}$/']]);
        try {
            Cache::put("code:$mobile", $amoot->sendCode($mobile), self::SECONDS);
        } catch (Unavailable) {
            return response()->view('phone', ['problem' => 'We cannot send codes now. Please try again later.'], 503);
        }
        RateLimiter::clear("tries:$mobile");
        $request->session()->put('mobile', $mobile);
        return redirect('/code');
    }

    public function enter(Request $request)
    {
        ['code' => $code] = $request->validate(['code' => ['required', 'string']]);
        $mobile = $request->session()->get('mobile', '');
        $tries = RateLimiter::hit("tries:$mobile", self::SECONDS);
        if ($tries > self::TRIES || !hash_equals(Cache::get("code:$mobile", ''), $code)) {
            return response()->view('code', ['problem' => 'This code is not good.'], 403);
        }
        Cache::forget("code:$mobile");
        $request->session()->regenerate(); // here your application would call Auth::login
        return response("<h1>Welcome, $mobile</h1>");
    }
}
