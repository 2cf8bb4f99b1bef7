// One engine of tests/prove: Go's regexp. Protocol: engines/README.md.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func answer(line string) string {
	part := strings.Split(line, "\t")
	source, _ := hex.DecodeString(part[2])
	flags := ""
	if part[1] != "-" {
		flags = "(?" + part[1] + ")"
	}
	pattern, err := regexp.Compile(flags + string(source))
	if err == nil && part[0] == "prefix" {
		pattern, err = regexp.Compile(flags + `\A(?:` + string(source) + `)`)
	}
	if err == nil && part[0] == "full" {
		pattern, err = regexp.Compile(flags + `\A(?:` + string(source) + `)\z`)
	}
	if err != nil {
		return "error " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	bits := ""
	for _, subject := range strings.Split(part[3], ",") {
		text, _ := hex.DecodeString(subject)
		if pattern.Match(text) {
			bits += "1"
		} else {
			bits += "0"
		}
	}
	return bits
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		fmt.Fprintln(out, answer(in.Text()))
		out.Flush()
	}
}
