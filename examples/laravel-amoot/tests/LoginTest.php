<?php

namespace Tests;

/** What the login promises, whatever Amoot does. */
class LoginTest extends TestCase
{
    private const MOBILE = '09120000000';

    private function sendCode()
    {
        return $this->post('/', ['mobile' => self::MOBILE]);
    }

    private function enter(string $code)
    {
        return $this->post('/code', ['code' => $code]);
    }

    public function testTheCodeLogsInOnce(): void
    {
        $this->sendCode()->assertRedirect('/code');
        $code = $this->codeSentTo(self::MOBILE);

        $this->enter($code)->assertOk()->assertSee('Welcome');
        $this->enter($code)->assertForbidden();
    }

    public function testACodeIsGoodForTwoMinutes(): void
    {
        $this->sendCode();
        $code = $this->codeSentTo(self::MOBILE);
        $this->travel(121)->seconds();

        $this->enter($code)->assertForbidden();
    }

    public function testNobodyGuesses(): void
    {
        $this->sandbox('PUT', '/codes/' . self::MOBILE, ['code' => '13579']);
        $this->sendCode();
        foreach (['00000', '00001', '00002'] as $guess) {
            $this->enter($guess)->assertForbidden();
        }

        $this->enter('13579')->assertForbidden();
    }

    public function testWithoutCreditThePageSaysSo(): void
    {
        $this->sandbox('PATCH', '/accounts/amoot', ['credit' => 0]);

        $this->sendCode()->assertStatus(503);
        $this->assertSame([], $this->sandbox('GET', '/messages')['messages']);
    }

    /** @dataProvider faults */
    public function testWhenAmootFailsThePageSaysSo(string $fault): void
    {
        $this->sandbox('POST', '/faults', ['preset' => $fault]);

        $this->sendCode()->assertStatus(503);
    }

    public static function faults(): array
    {
        return [['html-502'], ['down'], ['lost-ack']];
    }
}
