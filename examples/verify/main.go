// Verify checks what GovGraph's audit log promises, without a line of GovGraph and with Go's standard
// library alone: an evidence package, or all hash tiles of a server against its signed checkpoint.
//
//	verify KEYFILE evidence FILE.zip
//	verify KEYFILE log URL [CHECKPOINTFILE...]
//
// KEYFILE holds the verifier key as it was handed over on paper. The exit code is 0 where everything
// holds and 1 where something does not; the first thing that does not is named.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	said, err := run(os.Args[1:])
	if err != nil {
		fmt.Println("NOT VERIFIED:", err)
		os.Exit(1)
	}
	fmt.Println("verified:", said)
}

func run(args []string) (string, error) {
	if len(args) < 3 {
		return "", fmt.Errorf("usage: verify KEYFILE evidence FILE | verify KEYFILE log URL [CHECKPOINTFILE...]")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return "", err
	}
	key, err := readKey(strings.TrimSpace(string(text)))
	if err != nil {
		return "", err
	}
	switch args[1] {
	case "evidence":
		return checkEvidence(args[2], key)
	case "log":
		return checkLog(strings.TrimRight(args[2], "/")+"/audit/log/", key, args[3:])
	}
	return "", fmt.Errorf("%q is neither evidence nor log", args[1])
}
