package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

type hash [sha256.Size]byte

func leafHash(leaf []byte) hash {
	return sha256.Sum256(append([]byte{0}, leaf...))
}

func nodeHash(left, right hash) hash {
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func readHash(text string) (hash, error) {
	var found hash
	decoded, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(decoded) != len(found) {
		return found, fmt.Errorf("%q is not a hash", text)
	}
	copy(found[:], decoded)
	return found, nil
}

// tree grows by leaf hashes and keeps only the roots of its whole subtrees (RFC 6962).
type tree struct {
	size  uint64
	peaks []hash
}

func (t *tree) add(leaf hash) {
	for position := t.size; position&1 == 1; position >>= 1 {
		leaf = nodeHash(t.peaks[len(t.peaks)-1], leaf)
		t.peaks = t.peaks[:len(t.peaks)-1]
	}
	t.peaks = append(t.peaks, leaf)
	t.size++
}

func (t *tree) root() hash {
	if t.size == 0 {
		return sha256.Sum256(nil)
	}
	root := t.peaks[len(t.peaks)-1]
	for at := len(t.peaks) - 2; at >= 0; at-- {
		root = nodeHash(t.peaks[at], root)
	}
	return root
}

// included returns the root that a leaf and its path lead to (RFC 6962, section 2.1.1).
func included(leaf hash, index, size uint64, path []hash) (hash, error) {
	if index >= size {
		return hash{}, fmt.Errorf("record %d is beyond the %d that were signed for", index, size)
	}
	node, last := leaf, size-1
	for ; last > 0; index, last = index>>1, last>>1 {
		if index&1 == 0 && index == last {
			continue
		}
		if len(path) == 0 {
			return hash{}, fmt.Errorf("the path of the proof is too short")
		}
		if index&1 == 1 {
			node = nodeHash(path[0], node)
		} else {
			node = nodeHash(node, path[0])
		}
		path = path[1:]
	}
	if len(path) > 0 {
		return hash{}, fmt.Errorf("the path of the proof is too long")
	}
	return node, nil
}
