// Asks eSMS for the balance, with HttpClient of .NET.
using System;
using System.Net.Http;

public static class Client
{
    const string Address = "https://rest.esms.vn/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY";

    public static void Main()
    {
        using (var client = new HttpClient())
        {
            Console.WriteLine(client.GetStringAsync(Address).GetAwaiter().GetResult());
        }
    }
}
