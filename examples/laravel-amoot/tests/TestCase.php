<?php

namespace Tests;

use Illuminate\Foundation\Application;
use Illuminate\Foundation\Testing\TestCase as BaseTestCase;
use Illuminate\Support\Facades\Http;

/** A test with the sandbox of `otp-sandbox run`: everything that an earlier test did there is gone. */
abstract class TestCase extends BaseTestCase
{
    public function createApplication(): Application
    {
        $app = require dirname(__DIR__) . '/bootstrap/app.php';
        $app->make(\Illuminate\Contracts\Console\Kernel::class)->bootstrap();
        return $app;
    }

    protected function setUp(): void
    {
        parent::setUp();
        $this->sandbox('POST', '/reset');
    }

    /** Ask the control API of the sandbox. */
    protected function sandbox(string $method, string $path, array $body = []): array
    {
        $this->assertNotEmpty(env('OTP_SANDBOX_URL'), 'Run the tests with: otp-sandbox run -- vendor/bin/phpunit');
        $url = env('OTP_SANDBOX_URL') . "/_sandbox/v1$path";
        $answer = $method === 'GET'
            ? Http::get($url, $body)
            : Http::withBody(json_encode((object) $body), 'application/json')->send($method, $url);
        return $answer->throw()->json() ?? [];
    }

    /** Read the newest code on a phone. */
    protected function codeSentTo(string $mobile): string
    {
        return $this->sandbox('GET', '/messages/latest', ['to' => $mobile])['code'];
    }
}
