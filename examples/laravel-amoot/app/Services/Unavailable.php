<?php

namespace App\Services;

/** Amoot did not send the code; the message is its status, or what went wrong on the way. */
class Unavailable extends \RuntimeException
{
}
