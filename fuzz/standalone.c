/* The engine for those who have none: runs a target once on every file given, and on every file of
 * every folder given. Each input is a block of memory of its own size, so that AddressSanitizer
 * sees a byte read behind its end. A target that finds something ends the process, and the last
 * line on standard error is the input's name. */
#define _XOPEN_SOURCE 700

#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OPEN_FOLDERS = 16 };

static size_t inputs;

/* 0: go on. */
static int run_file(const char *path, size_t size)
{
    FILE *stream = fopen(path, "rb");
    uint8_t *data = malloc(size == 0 ? 1 : size);
    const bool read = stream != NULL && data != NULL && fread(data, 1, size, stream) == size;
    if (stream != NULL)
        fclose(stream);
    fprintf(stderr, "%s\n", path);
    if (read)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    inputs += read;
    return read ? 0 : 1;
}

static int run_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)walk;
    return type == FTW_F ? run_file(path, (size_t)status->st_size) : 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (nftw(argv[i], run_entry, OPEN_FOLDERS, FTW_PHYS) != 0) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return 2;
        }
    fprintf(stderr, "%zu inputs\n", inputs);
    return inputs == 0;
}
