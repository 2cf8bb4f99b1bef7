// re2 PATTERN FLAGS: for each line of stdin where PATTERN first matches in it, as `start end`, or
// `-`. Exits 3 if it does not compile. Built by ../real/build.sh.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	pattern := os.Args[1]
	if strings.Contains(os.Args[2], "i") {
		pattern = "(?i)" + pattern
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		if at := compiled.FindStringIndex(in.Text()); at == nil {
			fmt.Fprintln(out, "-")
		} else {
			fmt.Fprintln(out, at[0], at[1])
		}
	}
}
