package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// verifierKey is a key of C2SP signed-note: name+id+key.
type verifierKey struct {
	name   string
	id     []byte
	public ed25519.PublicKey
}

// checkpoint is the state of a log that was signed (C2SP tlog-checkpoint).
type checkpoint struct {
	size uint64
	root hash
}

func readKey(text string) (verifierKey, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return verifierKey{}, fmt.Errorf("the verifier key is not written as name+id+key")
	}
	id, idErr := hex.DecodeString(parts[1])
	key, keyErr := base64.StdEncoding.DecodeString(parts[2])
	if idErr != nil || keyErr != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 1 {
		return verifierKey{}, fmt.Errorf("the verifier key is not an Ed25519 key")
	}
	expected := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if !bytes.Equal(expected[:4], id) {
		return verifierKey{}, fmt.Errorf("the id of the verifier key does not belong to it")
	}
	return verifierKey{parts[0], id, ed25519.PublicKey(key[1:])}, nil
}

// open returns the checkpoint of a signed note; lines of other signers are passed over.
func (key verifierKey) open(note string) (checkpoint, error) {
	cut := strings.LastIndex(note, "\n\n")
	if cut < 0 {
		return checkpoint{}, fmt.Errorf("the checkpoint is not a signed note")
	}
	text, signed := note[:cut+1], false
	for _, line := range strings.Split(strings.TrimSuffix(note[cut+2:], "\n"), "\n") {
		words := strings.Split(line, " ")
		if len(words) != 3 || words[0] != "\u2014" {
			return checkpoint{}, fmt.Errorf("the checkpoint has a damaged signature line")
		}
		signature, err := base64.StdEncoding.DecodeString(words[2])
		if err != nil || words[1] != key.name || len(signature) < 4 || !bytes.Equal(signature[:4], key.id) {
			continue
		}
		if !ed25519.Verify(key.public, []byte(text), signature[4:]) {
			return checkpoint{}, fmt.Errorf("the signature of the checkpoint does not hold")
		}
		signed = true
	}
	if !signed {
		return checkpoint{}, fmt.Errorf("the checkpoint is not signed with the key given")
	}
	return readCheckpoint(text, key.name)
}

func readCheckpoint(text, origin string) (checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] != origin {
		return checkpoint{}, fmt.Errorf("the checkpoint is of another log")
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	root, rootErr := readHash(lines[2])
	if err != nil || rootErr != nil || strconv.FormatUint(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("the checkpoint cannot be read")
	}
	return checkpoint{size, root}, nil
}
