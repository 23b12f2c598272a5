<?php
// Sends requests with a client of PHP: `php clients.php curl|file_get_contents|guzzle`. What comes in: README.md.

declare(strict_types=1);

const TIMEOUT = 20;
// file_get_contents reads until the connection is closed, and says so unless it is told what to say.
const H2C = ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'];

function address(array $wanted): string
{
    if (isset($wanted['query'])) {
        return $wanted['url'] . '?' . http_build_query($wanted['query']);
    }
    return isset($wanted['raw_query']) ? $wanted['url'] . '?' . $wanted['raw_query'] : $wanted['url'];
}

function body(array $wanted): ?string
{
    if (isset($wanted['text'])) {
        return $wanted['encoding'] === 'utf-16-le' ? iconv('UTF-8', 'UTF-16LE', $wanted['text']) : $wanted['text'];
    }
    if (isset($wanted['json'])) {
        return json_encode($wanted['json']);
    }
    return isset($wanted['form']) ? http_build_query($wanted['form']) : null;
}

/** The headers as lines, with the type of the body where none is told and the client does not add it. */
function lines(array $wanted): array
{
    $headers = $wanted['headers'];
    if (isset($wanted['json'])) {
        $headers['Content-Type'] ??= 'application/json';
    } elseif (isset($wanted['form'])) {
        $headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
    }
    return array_map(fn($name, $value) => "$name: $value", array_keys($headers), $headers);
}

function with_curl(array $wanted): array
{
    $lines = lines($wanted);
    $body = body($wanted);
    $options = [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => TIMEOUT, CURLOPT_CUSTOMREQUEST => $wanted['method']];
    if ($body !== null) {
        $options[CURLOPT_POSTFIELDS] = $body;
    }
    switch ($wanted['way']) {
        case 'http/1.0':
            $options[CURLOPT_HTTP_VERSION] = CURL_HTTP_VERSION_1_0;
            $lines[] = 'Host:';
            break;
        case 'expect':
            $lines[] = 'Expect: 100-continue';
            break;
        case 'h2c':
            $options[CURLOPT_HTTP_VERSION] = CURL_HTTP_VERSION_2_0;
            break;
        case 'chunked':
            $lines[] = 'Transfer-Encoding: chunked';
            unset($options[CURLOPT_POSTFIELDS]);
            $stream = stream($body);
            $options[CURLOPT_UPLOAD] = true;
            $options[CURLOPT_READFUNCTION] = fn($handle, $file, int $most) => (string) fread($stream, $most);
            break;
    }
    $handle = curl_init(address($wanted));
    curl_setopt_array($handle, $options + [CURLOPT_HTTPHEADER => $lines, CURLOPT_PROXY => $wanted['proxy'] ?? '']);
    $text = curl_exec($handle);
    if ($text === false) {
        throw new RuntimeException(curl_error($handle));
    }
    return [curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $text];
}

function with_file_get_contents(array $wanted): array
{
    $lines = lines($wanted);
    $http = ['method' => $wanted['method'], 'ignore_errors' => true, 'timeout' => TIMEOUT];
    $body = body($wanted);
    if ($body !== null) {
        $http['content'] = $body;
    }
    if ($wanted['way'] === 'http/1.0') {
        $http['protocol_version'] = '1.0';
    } elseif ($wanted['way'] === 'expect') {
        $lines[] = 'Expect: 100-continue';
    } elseif ($wanted['way'] === 'h2c') {
        $lines = array_merge($lines, H2C);
    }
    if (isset($wanted['proxy'])) {
        $http += ['proxy' => str_replace('http://', 'tcp://', $wanted['proxy']), 'request_fulluri' => true];
    }
    $text = file_get_contents(address($wanted), false, stream_context_create(['http' => $http + ['header' => $lines]]));
    if ($text === false) {
        throw new RuntimeException(error_get_last()['message']);
    }
    // The last status line is the answer's: interim answers stand before it.
    $status = array_values(preg_filter('~^HTTP/[\d.]+ (\d+).*~', '$1', $http_response_header));
    return [(int) end($status), $text];
}

function with_guzzle(array $wanted): array
{
    static $client = null;
    $client ??= new GuzzleHttp\Client(['timeout' => TIMEOUT, 'http_errors' => false]);
    $options = ['headers' => $wanted['headers'], 'proxy' => $wanted['proxy'] ?? ''];
    if ($wanted['way'] === 'chunked') {
        $options['headers']['Content-Type'] = isset($wanted['json']) ? 'application/json' : 'application/x-www-form-urlencoded';
        $options['body'] = new GuzzleHttp\Psr7\PumpStream(pump(body($wanted)));
    } elseif (isset($wanted['text'])) {
        $options['body'] = body($wanted);
    } elseif (isset($wanted['json'])) {
        $options['json'] = $wanted['json'];
    } elseif (isset($wanted['form'])) {
        $options['form_params'] = $wanted['form'];
    }
    if (isset($wanted['query'])) {
        $options['query'] = $wanted['query'];
    }
    if ($wanted['way'] === 'http/1.0') {
        $options['version'] = '1.0';
    } elseif ($wanted['way'] === 'expect') {
        $options['expect'] = true;
    } elseif ($wanted['way'] === 'h2c') {
        $options['version'] = '2.0';
    }
    $url = isset($wanted['raw_query']) ? address($wanted) : $wanted['url'];
    $answer = $client->request($wanted['method'], $url, $options);
    return [$answer->getStatusCode(), (string) $answer->getBody()];
}

function pump(string $body): Closure
{
    $stream = stream($body);
    return fn(int $most) => feof($stream) ? false : fread($stream, $most);
}

/** @return resource */
function stream(string $body)
{
    $stream = fopen('php://temp', 'r+');
    fwrite($stream, $body);
    rewind($stream);
    return $stream;
}

error_reporting(E_ALL & ~E_WARNING & ~E_DEPRECATED);
if ($argv[1] === 'guzzle') {
    require '/usr/share/php/GuzzleHttp/autoload.php';
}
foreach (json_decode(stream_get_contents(STDIN), true) as $wanted) {
    $told = ['id' => $wanted['id']];
    try {
        [$told['status'], $told['body']] = ('with_' . $argv[1])($wanted);
    } catch (Throwable $error) {
        $told['error'] = get_class($error) . ': ' . $error->getMessage();
    }
    echo json_encode($told), "\n";
}
