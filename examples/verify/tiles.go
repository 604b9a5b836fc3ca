package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const tileWidth = 256

// checkLog reads every tile of leaf hashes (C2SP tlog-tiles), computes the tree anew and holds it against
// the server's checkpoint and against those kept elsewhere.
func checkLog(prefix string, key verifierKey, files []string) (string, error) {
	note, err := fetch(prefix + "checkpoint")
	if err != nil {
		return "", err
	}
	signed, err := key.open(string(note))
	if err != nil {
		return "", err
	}
	kept := map[uint64]hash{signed.size: signed.root}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		known, err := key.open(string(text))
		if err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		if root, same := kept[known.size]; known.size > signed.size || same && root != known.root {
			return "", fmt.Errorf("%s was signed for another log: rolled back or rewritten", file)
		}
		kept[known.size] = known.root
	}
	if err := readTree(prefix, signed.size, kept); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d records, %d checkpoint(s) kept elsewhere compared", signed.size, len(files)), nil
}

func readTree(prefix string, size uint64, kept map[uint64]hash) error {
	var grown tree
	for number := uint64(0); number*tileWidth < size; number++ {
		width := size - number*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		content, err := fetch(prefix + tilePath(number, width))
		if err != nil {
			return err
		}
		if uint64(len(content)) != width*uint64(len(hash{})) {
			return fmt.Errorf("%s is cut short", tilePath(number, width))
		}
		for ; len(content) > 0; content = content[len(hash{}):] {
			var leaf hash
			copy(leaf[:], content)
			grown.add(leaf)
			if root, known := kept[grown.size]; known && root != grown.root() {
				return fmt.Errorf("the first %d records are not those that were signed for", grown.size)
			}
		}
	}
	if root, known := kept[0]; known && root != (&tree{}).root() {
		return fmt.Errorf("the empty log was signed with another root")
	}
	return nil
}

// tilePath writes 1234067 as x001/x234/067.
func tilePath(number, width uint64) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number /= 1000; number > 0; number /= 1000 {
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	if width < tileWidth {
		path = fmt.Sprintf("%s.p/%d", path, width)
	}
	return "tile/0/" + path
}

func fetch(url string) ([]byte, error) {
	client := http.Client{Timeout: time.Minute, Transport: &http.Transport{Proxy: nil}}
	response, err := client.Get(url)
	if err != nil {
		return nil, fmt.Errorf("no server answers at %s", url)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %d", url, response.StatusCode)
	}
	return io.ReadAll(io.LimitReader(response.Body, 1<<20))
}
