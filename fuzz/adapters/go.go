// Copied beside yours.go: corsim fuzz --exec 'go run go.go yours.go'. That is of package main too and has
// validate(origin string) (value string, credentials bool); "" is for no header. See fuzz/protocol.md.
package main

import ("fmt"; "os"; "bufio"; "regexp"; "strconv"; "strings")

func main() {
	answers, in := os.Stdout, bufio.NewScanner(os.Stdin)
	os.Stdout = os.Stderr // only answers may go to stdout
	other := regexp.MustCompile(`[^ -\[\]-~]`)
	fmt.Fprintln(answers, "corsim-validator 1")
	for in.Scan() {
		origin, _ := strconv.Unquote(`"` + strings.ReplaceAll(in.Text(), `"`, `\"`) + `"`)
		value, credentials := validate(origin)
		tail := map[bool]string{true: "\tcredentials"}[credentials && value != ""]
		if value == "" { value = "-" }
		fmt.Fprintln(answers, other.ReplaceAllStringFunc(value, func(c string) string { return `\x` + strings.ReplaceAll(fmt.Sprintf("% x", c), " ", `\x`) }) + tail)
	}
}
