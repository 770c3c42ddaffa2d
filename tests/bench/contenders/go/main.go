// SPDX-License-Identifier: MIT

// Verification as the standard-webhooks library for Go has it, and encoding/json into structs like sello's. CPU time of the
// whole process, so that the collector counts.
package main

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type sample struct {
	body    []byte
	key     []byte
	headers map[string]string
}

func readSample(directory, name string) *sample {
	body, err := os.ReadFile(filepath.Join(directory, name+".body"))
	if err != nil {
		return nil
	}
	secret, _ := os.ReadFile(filepath.Join(directory, name+".secret"))
	key := secret
	if strings.HasPrefix(string(secret), "whsec_") {
		key, _ = base64.StdEncoding.DecodeString(string(secret)[len("whsec_"):])
	}
	lines, _ := os.ReadFile(filepath.Join(directory, name+".headers"))
	headers := map[string]string{}
	for _, line := range strings.Split(string(lines), "\n") {
		if header, value, found := strings.Cut(line, ": "); found {
			headers[strings.ToLower(header)] = value
		}
	}
	return &sample{body, key, headers}
}

func (s *sample) verify() bool {
	if id, svix := s.headers["svix-id"]; svix {
		seconds, err := strconv.ParseInt(s.headers["svix-timestamp"], 10, 64)
		if err != nil {
			return false
		}
		if age := time.Since(time.Unix(seconds, 0)); age > 300*time.Second || age < -300*time.Second {
			return false
		}
		mac := hmac.New(sha256.New, s.key)
		mac.Write([]byte(fmt.Sprintf("%s.%d.%s", id, seconds, s.body)))
		expected := []byte(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		for _, each := range strings.Split(s.headers["svix-signature"], " ") {
			version, signature, found := strings.Cut(each, ",")
			if found && version == "v1" && hmac.Equal([]byte(signature), expected) {
				return true
			}
		}
		return false
	}
	signature, err := hex.DecodeString(s.headers["x-webhook-signature"])
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, s.key)
	mac.Write(s.body)
	return hmac.Equal(signature, mac.Sum(nil))
}

type akua struct {
	Type string `json:"type"`
	Data struct {
		PaymentID     string  `json:"payment_id"`
		TransactionID *string `json:"transaction_id"`
		TraceID       *string `json:"trace_id"`
	} `json:"data"`
}

type gu1 struct {
	Event          string  `json:"event"`
	Timestamp      *string `json:"timestamp"`
	OrganizationID *string `json:"organizationId"`
	Payload        struct {
		ValidationID string  `json:"validationId"`
		EntityID     *string `json:"entityId"`
		Entity       *struct {
			ID         *string `json:"id"`
			ExternalID *string `json:"externalId"`
			Name       *string `json:"name"`
			Type       *string `json:"type"`
			Status     *string `json:"status"`
		} `json:"entity"`
		Status         *string         `json:"status"`
		Decision       json.RawMessage `json:"decision"`
		ExtractedData  json.RawMessage `json:"extractedData"`
		VerifiedFields json.RawMessage `json:"verifiedFields"`
		Warnings       json.RawMessage `json:"warnings"`
		VerifiedAt     *time.Time      `json:"verifiedAt"`
	} `json:"payload"`
}

type kuenta struct {
	Event     string     `json:"event"`
	Timestamp *time.Time `json:"timestamp"`
	Data      struct {
		ID        *string      `json:"id"`
		Amount    *json.Number `json:"amount"`
		Term      *int64       `json:"term"`
		TermUnit  *string      `json:"termUnit"`
		Status    *string      `json:"status"`
		CreatedAt *time.Time   `json:"createdAt"`
	} `json:"data"`
}

func decode(name string, body []byte) bool {
	switch name {
	case "akua":
		var event akua
		return json.Unmarshal(body, &event) == nil
	case "gu1":
		var event gu1
		return json.Unmarshal(body, &event) == nil
	case "kuenta":
		var event kuenta
		return json.Unmarshal(body, &event) == nil
	}
	return false
}

func processNanoseconds() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return float64(used.Utime.Nano() + used.Stime.Nano())
}

func measured(times int, work func() bool) float64 {
	begun := processNanoseconds()
	for i := 0; i < times; i++ {
		if !work() {
			panic("the contender does not do its work")
		}
	}
	return processNanoseconds() - begun
}

func main() {
	directory := os.Args[1]
	samples := map[string]*sample{}
	times := map[string]int{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		operation, name, _ := strings.Cut(lines.Text(), " ")
		if _, read := samples[name]; !read {
			samples[name] = readSample(directory, name)
		}
		of := samples[name]
		known := name == "akua" || name == "gu1" || name == "kuenta"
		var work func() bool
		switch {
		case of == nil:
		case operation == "verify":
			work = of.verify
		case operation == "decode" && known:
			work = func() bool { return decode(name, of.body) }
		case operation == "receive" && known:
			work = func() bool { return of.verify() && decode(name, of.body) }
		}
		if work == nil {
			fmt.Println("-")
			continue
		}
		if times[lines.Text()] == 0 {
			enough := 1
			for measured(enough, work) < 4e6 {
				enough *= 2
			}
			times[lines.Text()] = enough
		}
		fmt.Printf("%.1f\n", measured(times[lines.Text()], work)/float64(times[lines.Text()]))
	}
}
