// Asks eSMS for the balance, with net/http of Go.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

const address = "https://rest.esms.vn/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY"

func main() {
	answer, err := http.Get(address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	fmt.Println(string(body))
}
