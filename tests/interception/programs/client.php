<?php
// Asks eSMS for the balance, with a client of PHP.
const URL = "https://rest.esms.vn/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY";

function by_curl(): string
{
    $curl = curl_init(URL);
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    curl_setopt($curl, CURLOPT_TIMEOUT, 20);
    $answer = curl_exec($curl);
    return $answer === false ? curl_error($curl) : $answer;
}

echo $argv[1] === "curl" ? by_curl() : file_get_contents(URL);
