# To be sourced. needs TOOL...: says SKIP, and why, where one of them is not installed.
needs() {
    for tool; do
        command -v "$tool" >/dev/null || {
            echo "SKIP: $tool is not installed"
            exit 77
        }
    done
}
