package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

const largest = 64 << 20

var recordName = regexp.MustCompile(`^records/(0|[1-9][0-9]{0,17})\.json$`)

type record struct {
	Receipt   string `json:"receipt"`
	Operation string `json:"operation"`
}

// checkEvidence verifies every record of a package. Its page is for reading and proves nothing, so it is
// not looked at here; GovGraph's own verifier makes it again and compares.
func checkEvidence(file string, key verifierKey) (string, error) {
	files, err := unpack(file)
	if err != nil {
		return "", err
	}
	note := string(files["checkpoint"])
	signed, err := key.open(note)
	if err != nil {
		return "", err
	}
	receipt, count := "", 0
	for name, leaf := range files {
		found := recordName.FindStringSubmatch(name)
		if found == nil {
			continue
		}
		proof := string(files["records/"+found[1]+".tlog-proof"])
		if err := checkProof(leaf, found[1], proof, note, signed); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		var said record
		if err := json.Unmarshal(leaf, &said); err != nil {
			return "", fmt.Errorf("%s is no record", name)
		}
		if count > 0 && said.Receipt != receipt {
			return "", fmt.Errorf("the records are not all of one receipt")
		}
		if err := checkOperation(said.Operation, files["operation.graphql"]); err != nil {
			return "", err
		}
		receipt, count = said.Receipt, count+1
	}
	if count == 0 {
		return "", fmt.Errorf("the package holds no record")
	}
	return fmt.Sprintf("%d record(s) of receipt %s, in a log of %d", count, receipt, signed.size), nil
}

// checkProof verifies a C2SP tlog-proof whose checkpoint has been opened already.
func checkProof(leaf []byte, name, proof, note string, signed checkpoint) error {
	head, embedded, _ := strings.Cut(proof, "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != "index "+name || embedded != note {
		return fmt.Errorf("the proof is missing, or of another record or checkpoint")
	}
	index, err := strconv.ParseUint(name, 10, 63)
	if err != nil {
		return err
	}
	path := make([]hash, len(lines)-2)
	for at, line := range lines[2:] {
		if path[at], err = readHash(line); err != nil {
			return err
		}
	}
	root, err := included(leafHash(leaf), index, signed.size, path)
	if err == nil && root != signed.root {
		err = fmt.Errorf("the proof does not lead to the root that was signed")
	}
	return err
}

func checkOperation(named string, document []byte) error {
	if named == "" {
		return nil
	}
	sum := sha256.Sum256(document)
	if hex.EncodeToString(sum[:]) != named {
		return fmt.Errorf("operation.graphql is not the document that the record names")
	}
	return nil
}

func unpack(file string) (map[string][]byte, error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("the file is not an evidence package")
	}
	defer archive.Close()
	files := map[string][]byte{}
	for _, entry := range archive.File {
		if _, twice := files[entry.Name]; twice || entry.UncompressedSize64 > largest {
			return nil, fmt.Errorf("the file is not an evidence package")
		}
		opened, err := entry.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(io.LimitReader(opened, largest))
		opened.Close()
		if err != nil {
			return nil, err
		}
		files[entry.Name] = content
	}
	return files, nil
}
