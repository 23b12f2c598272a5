// Sends requests with net/http of Go. What comes in: README.md.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf16"
)

type wanted struct {
	ID       string            `json:"id"`
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Way      string            `json:"way"`
	Headers  map[string]string `json:"headers"`
	Query    map[string]string `json:"query"`
	RawQuery string            `json:"raw_query"`
	Form     map[string]string `json:"form"`
	JSON     map[string]any    `json:"json"`
	Text     *string           `json:"text"`
	Encoding string            `json:"encoding"`
	Proxy    string            `json:"proxy"`
}

type told struct {
	ID     string `json:"id"`
	Status int    `json:"status,omitempty"`
	Body   string `json:"body,omitempty"`
	Error  string `json:"error,omitempty"`
}

func main() {
	var all []wanted
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	for _, each := range all {
		answer := told{ID: each.ID}
		if err := send(each, &answer); err != nil {
			answer.Error = err.Error()
		}
		_ = out.Encode(answer)
	}
}

var usual = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{ExpectContinueTimeout: 10 * time.Second}}

func send(w wanted, answer *told) error {
	body, kind, err := bodyOf(w)
	if err != nil {
		return err
	}
	address := w.URL
	if w.RawQuery != "" {
		address += "?" + w.RawQuery
	} else if w.Query != nil {
		address += "?" + values(w.Query).Encode()
	}
	request, err := http.NewRequest(w.Method, address, body)
	if err != nil {
		return err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	for name, value := range w.Headers {
		request.Header.Set(name, value)
	}
	switch w.Way {
	case "expect":
		request.Header.Set("Expect", "100-continue")
	case "h2c":
		request.Header.Set("Connection", "Upgrade, HTTP2-Settings")
		request.Header.Set("Upgrade", "h2c")
		request.Header.Set("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA")
	}
	client := usual
	if w.Proxy != "" {
		proxy, err := url.Parse(w.Proxy)
		if err != nil {
			return err
		}
		client = &http.Client{Timeout: usual.Timeout, Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	answer.Status, answer.Body = response.StatusCode, string(text)
	return err
}

// A reader of a type that net/http knows has a length; any other one is sent in chunks.
func bodyOf(w wanted) (io.Reader, string, error) {
	var body []byte
	kind := ""
	switch {
	case w.Text != nil && w.Encoding == "utf-16-le":
		var wide bytes.Buffer
		if err := binary.Write(&wide, binary.LittleEndian, utf16.Encode([]rune(*w.Text))); err != nil {
			return nil, "", err
		}
		body = wide.Bytes()
	case w.Text != nil:
		body = []byte(*w.Text)
	case w.JSON != nil:
		made, err := json.Marshal(w.JSON)
		if err != nil {
			return nil, "", err
		}
		body, kind = made, "application/json"
	case w.Form != nil:
		return chunkedOr(w, strings.NewReader(values(w.Form).Encode())), "application/x-www-form-urlencoded", nil
	default:
		return nil, "", nil
	}
	return chunkedOr(w, bytes.NewReader(body)), kind, nil
}

func chunkedOr(w wanted, body io.Reader) io.Reader {
	if w.Way == "chunked" {
		return io.MultiReader(body)
	}
	return body
}

func values(fields map[string]string) url.Values {
	made := url.Values{}
	for name, value := range fields {
		made.Set(name, value)
	}
	return made
}
