<?php

use App\Http\Controllers\LoginController;
use Illuminate\Support\Facades\Route;

Route::view('/', 'phone');
Route::post('/', [LoginController::class, 'send']);
Route::view('/code', 'code');
Route::post('/code', [LoginController::class, 'enter']);
