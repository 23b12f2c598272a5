<?php

// Composer's vendor folder; else the packages of Debian.
if (is_file(__DIR__ . '/../vendor/autoload.php')) {
    require __DIR__ . '/../vendor/autoload.php';
    return;
}

require 'GuzzleHttp/autoload.php';
require 'Illuminate/autoload.php';

spl_autoload_register(static function (string $class): void {
    foreach (['App\\' => 'app', 'Tests\\' => 'tests'] as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            require dirname(__DIR__) . "/$folder/" . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        }
    }
});
