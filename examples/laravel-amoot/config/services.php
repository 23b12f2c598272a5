<?php

return [
    'amoot' => [
        'url' => env('AMOOT_BASE_URL', 'https://portal.amootsms.com'),
        'token' => env('AMOOT_TOKEN'),
        'line' => env('AMOOT_LINE', 'public'),
    ],
];
