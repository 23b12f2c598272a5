// Sends requests with HttpClient of C#. What comes in: README.md.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Web.Script.Serialization;

public static class Clients
{
    static readonly JavaScriptSerializer Json = new JavaScriptSerializer();
    static readonly HttpClient Usual = New(null);

    public static void Main()
    {
        var utf8 = new UTF8Encoding(false);
        var text = new StreamReader(Console.OpenStandardInput(), utf8).ReadToEnd();
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true };
        foreach (Dictionary<string, object> wanted in Json.Deserialize<List<Dictionary<string, object>>>(text))
        {
            var told = new Dictionary<string, object> { { "id", wanted["id"] } };
            try
            {
                var answer = (wanted.ContainsKey("proxy") ? New((string)wanted["proxy"]) : Usual).SendAsync(Request(wanted)).Result;
                told["status"] = (int)answer.StatusCode;
                told["body"] = answer.Content.ReadAsStringAsync().Result;
            }
            catch (Exception error)
            {
                told["error"] = error.GetBaseException().ToString();
            }
            output.WriteLine(Json.Serialize(told));
        }
        Environment.Exit(0); // whatever connections are kept
    }

    static HttpClient New(string proxy)
    {
        var handler = new HttpClientHandler { UseCookies = false, UseProxy = proxy != null };
        if (proxy != null) handler.Proxy = new WebProxy(proxy);
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
    }

    static HttpRequestMessage Request(Dictionary<string, object> wanted)
    {
        var way = (string)wanted["way"];
        var address = (string)wanted["url"];
        if (wanted.ContainsKey("raw_query")) address += "?" + wanted["raw_query"];
        else if (wanted.ContainsKey("query")) address += "?" + Fields(wanted["query"]).ReadAsStringAsync().Result;
        var request = new HttpRequestMessage(new HttpMethod((string)wanted["method"]), address);
        request.Content = Body(wanted, way == "chunked");
        foreach (var header in (Dictionary<string, object>)wanted["headers"])
        {
            if (header.Key != "Content-Type")
            {
                request.Headers.TryAddWithoutValidation(header.Key, (string)header.Value);
            }
            else if (request.Content != null)
            {
                request.Content.Headers.Remove("Content-Type");
                request.Content.Headers.TryAddWithoutValidation("Content-Type", (string)header.Value);
            }
        }
        request.Headers.ExpectContinue = way == "expect";
        request.Headers.TransferEncodingChunked = way == "chunked" ? true : (bool?)null;
        if (way == "http/1.0") request.Version = HttpVersion.Version10;
        if (way == "h2c")
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade, HTTP2-Settings");
            request.Headers.TryAddWithoutValidation("Upgrade", "h2c");
            request.Headers.TryAddWithoutValidation("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA");
        }
        return request;
    }

    static HttpContent Body(Dictionary<string, object> wanted, bool chunked)
    {
        if (wanted.ContainsKey("form")) return Fields(wanted["form"]);
        if (wanted.ContainsKey("json")) return new StringContent(Json.Serialize(wanted["json"]), Encoding.UTF8, "application/json");
        if (!wanted.ContainsKey("text")) return null;
        var encoding = (string)wanted["encoding"] == "utf-16-le" ? Encoding.Unicode : Encoding.UTF8;
        return new StringContent((string)wanted["text"], encoding);
    }

    static FormUrlEncodedContent Fields(object fields)
    {
        var texts = (Dictionary<string, object>)fields;
        return new FormUrlEncodedContent(texts.Select(each => new KeyValuePair<string, string>(each.Key, (string)each.Value)));
    }
}
