// Asks eSMS for the balance, with a client of Java.
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

public class Client {
    static final String ADDRESS =
        "https://rest.esms.vn/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY";

    public static void main(String[] arguments) throws Exception {
        System.out.println(arguments[0].equals("java.net.http") ? byHttpClient() : byConnection());
    }

    static String byConnection() throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(ADDRESS).openConnection();
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static String byHttpClient() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(ADDRESS)).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
