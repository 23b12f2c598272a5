<?php

namespace App\Services;

use GuzzleHttp\Exception\TransferException;
use Illuminate\Http\Client\HttpClientException;
use Illuminate\Support\Facades\Http;

/** What a login needs of Amoot SMS: a code, sent to a phone. */
class Amoot
{
    /** Have a code sent, and give it. Amoot does not check codes: we must. */
    public function sendCode(string $mobile): string
    {
        try {
            $told = Http::asForm()
                ->timeout(10)
                ->withHeaders(['Authorization' => config('services.amoot.token')])
                ->post(config('services.amoot.url') . '/rest/SendOTP', [
                    'SendDateTime' => '',
                    'SMSMessageText' => 'کد ورود شما: %code%',
                    'LineNumber' => config('services.amoot.line'),
                    'Mobile' => $mobile,
                    'CodeLength' => 5,
                ])
                ->throw()
                ->json();
        } catch (HttpClientException | TransferException $error) {
            // A connection that breaks while the answer comes is Guzzle's own exception.
            throw new Unavailable($error::class, 0, $error);
        }
        if (($told['Status'] ?? null) !== 'Success') { // the HTTP status is 200 whatever happened
            throw new Unavailable($told['Status'] ?? 'no JSON');
        }
        return (string) $told['Data']['Code'];
    }
}
