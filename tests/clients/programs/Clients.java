// Sends requests with a client of Java: `java -cp gson.jar Clients.java HttpURLConnection|java.net.http`.
// What comes in: README.md.

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URL;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

public class Clients {
    static final int TIMEOUT = 20_000;

    interface Client {
        Answer send(JsonObject wanted) throws Exception;
    }

    record Answer(int status, String body) {}

    public static void main(String[] arguments) throws Exception {
        Client client = arguments[0].equals("java.net.http") ? Clients::withHttpClient : Clients::withHttpUrlConnection;
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var all = JsonParser.parseReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).getAsJsonArray();
        for (JsonElement each : all) {
            JsonObject wanted = each.getAsJsonObject();
            JsonObject told = new JsonObject();
            told.add("id", wanted.get("id"));
            try {
                Answer answer = client.send(wanted);
                told.addProperty("status", answer.status());
                told.addProperty("body", answer.body());
            } catch (Exception error) {
                told.addProperty("error", error.toString());
            }
            out.println(told);
        }
        System.exit(0); // whatever connections are kept
    }

    static final HttpClient USUAL = HttpClient.newBuilder().connectTimeout(Duration.ofMillis(TIMEOUT)).build();

    static Answer withHttpClient(JsonObject wanted) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address(wanted))).timeout(Duration.ofMillis(TIMEOUT));
        byte[] body = body(wanted);
        BodyPublisher publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        if (way(wanted).equals("chunked")) publisher = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
        request.method(wanted.get("method").getAsString(), publisher);
        headers(wanted).forEach(request::header);
        if (way(wanted).equals("expect")) request.expectContinue(true);
        HttpClient client = USUAL; // it offers h2c by itself
        if (wanted.has("proxy")) client = HttpClient.newBuilder().proxy(ProxySelector.of(proxy(wanted))).build();
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        return new Answer(answer.statusCode(), answer.body());
    }

    static Answer withHttpUrlConnection(JsonObject wanted) throws Exception {
        URL url = new URL(address(wanted));
        Proxy proxy = wanted.has("proxy") ? new Proxy(Proxy.Type.HTTP, proxy(wanted)) : Proxy.NO_PROXY;
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(proxy);
        connection.setConnectTimeout(TIMEOUT);
        connection.setReadTimeout(TIMEOUT);
        connection.setRequestMethod(wanted.get("method").getAsString());
        headers(wanted).forEach(connection::setRequestProperty);
        byte[] body = body(wanted);
        if (body != null) {
            connection.setDoOutput(true);
            if (way(wanted).equals("chunked")) connection.setChunkedStreamingMode(16);
            if (way(wanted).equals("expect")) {
                connection.setRequestProperty("Expect", "100-continue");
                connection.setFixedLengthStreamingMode(body.length);
            }
            try (var stream = connection.getOutputStream()) {
                stream.write(body);
            }
        }
        int status = connection.getResponseCode();
        try (InputStream stream = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static InetSocketAddress proxy(JsonObject wanted) {
        URI proxy = URI.create(wanted.get("proxy").getAsString());
        return new InetSocketAddress(proxy.getHost(), proxy.getPort());
    }

    static String way(JsonObject wanted) {
        return wanted.get("way").getAsString();
    }

    static String address(JsonObject wanted) {
        String url = wanted.get("url").getAsString();
        if (wanted.has("raw_query")) return url + "?" + wanted.get("raw_query").getAsString();
        return wanted.has("query") ? url + "?" + encoded(wanted.getAsJsonObject("query")) : url;
    }

    static Map<String, String> headers(JsonObject wanted) {
        var headers = wanted.getAsJsonObject("headers").entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().getAsString()));
        if (wanted.has("json")) headers.putIfAbsent("Content-Type", "application/json");
        if (wanted.has("form")) headers.putIfAbsent("Content-Type", "application/x-www-form-urlencoded");
        return headers;
    }

    static byte[] body(JsonObject wanted) {
        if (wanted.has("json")) return new Gson().toJson(wanted.get("json")).getBytes(StandardCharsets.UTF_8);
        if (wanted.has("form")) return encoded(wanted.getAsJsonObject("form")).getBytes(StandardCharsets.UTF_8);
        if (!wanted.has("text")) return null;
        boolean wide = wanted.get("encoding").getAsString().equals("utf-16-le");
        return wanted.get("text").getAsString().getBytes(wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
    }

    static String encoded(JsonObject fields) {
        return fields.entrySet().stream()
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue().getAsString()))
                .collect(Collectors.joining("&"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
