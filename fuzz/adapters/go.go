// Copied beside yours.go: corsim fuzz --exec 'go run go.go yours.go'. That is of package main too and has
// validate(origin string) (value string, credentials bool); "" is for no header, and so is a panic. See protocol.md.
package main

import ("fmt"; "os"; "bufio"; "regexp"; "strconv"; "strings")
func complain() { if said := recover(); said != nil { fmt.Fprintln(os.Stderr, "panic:", said) } }

func main() {
	answers, in := os.Stdout, bufio.NewScanner(os.Stdin)
	os.Stdout = os.Stderr // only answers may go to stdout
	other := regexp.MustCompile(`[^ -\[\]-~]`)
	fmt.Fprintln(answers, "corsim-validator 1")
	for in.Scan() {
		origin, _ := strconv.Unquote(`"` + strings.ReplaceAll(in.Text(), `"`, `\"`) + `"`)
		value, credentials := func() (string, bool) { defer complain(); return validate(origin) }()
		tail := map[bool]string{true: "\tcredentials"}[credentials && value != ""]
		if value == "" { value = "-" }
		fmt.Fprintln(answers, other.ReplaceAllStringFunc(value, func(c string) string { return `\x` + strings.ReplaceAll(fmt.Sprintf("% x", c), " ", `\x`) }) + tail)
	}
}
