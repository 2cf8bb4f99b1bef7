/* YAML by libyaml (https://pyyaml.org/wiki/LibYAML), event by event; JSON is read as the YAML it
 * is, because jansson does not keep the places. libyaml counts in code points, we in bytes.
 * Invariants: aliases to a node that is still open are left out, so that the tree has no circles.
 */
#include "prove_config_tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct anchor {
    char *name;
    struct node *node;
};

struct loader {
    struct tree *tree;
    yaml_parser_t parser;
    struct node *open[MOST_DEPTH];
    size_t depth;
    struct anchor *anchors;
    size_t anchor_count, anchor_capacity;
    size_t code_points; /* where `offset` is */
    uint32_t offset;
};

/* ---- Places -------------------------------------------------------------------------------- */

static uint32_t offset_of(struct loader *loader, size_t code_points)
{
    const struct cors_bytes bytes = loader->tree->reading->bytes;
    if (code_points < loader->code_points) {
        loader->code_points = 0;
        loader->offset = 0;
    }
    while (loader->code_points < code_points && loader->offset < bytes.len) {
        loader->offset++;
        while (loader->offset < bytes.len &&
               ((unsigned char)bytes.at[loader->offset] & 0xC0) == 0x80)
            loader->offset++;
        loader->code_points++;
    }
    return loader->offset;
}

/* How many bytes of the file an escape within double quotes takes. */
static uint32_t escape_len(const char *bytes, uint32_t at, uint32_t to)
{
    if (at + 1 >= to)
        return 1;
    const uint32_t len = bytes[at + 1] == 'x'   ? 4
                         : bytes[at + 1] == 'u' ? 6
                         : bytes[at + 1] == 'U' ? 10
                                                : 2;
    return len > to - at ? to - at : len;
}

/* The offsets of a scalar's bytes, found by walking through what was written and what it means side
 * by side. Where they part, as in folded lines, all that follows has the place where it happened.
 */
static struct config_string place_scalar(const struct loader *loader, const yaml_event_t *event,
                                         uint32_t from, uint32_t to)
{
    const struct reading *reading = loader->tree->reading;
    const char *value = (const char *)event->data.scalar.value, *bytes = reading->bytes.at;
    const size_t len = event->data.scalar.length;
    const yaml_scalar_style_t style = event->data.scalar.style;
    const bool is_double = style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    const bool is_single = style == YAML_SINGLE_QUOTED_SCALAR_STYLE;
    struct decoded decoded = decode_begin(reading, len);
    uint32_t at = from + (is_double || is_single ? 1 : 0);
    for (size_t i = 0; i < len; i++) {
        decode_byte(&decoded, value[i], at < to ? at : to);
        if (at >= to)
            continue;
        if (is_double && bytes[at] == '\\') {
            /* A code point beyond ASCII has several bytes, all of them of one escape. */
            const bool more = i + 1 < len && ((unsigned char)value[i + 1] & 0xC0) == 0x80;
            at += more ? 0 : escape_len(bytes, at, to);
        } else if (bytes[at] == value[i]) {
            at += is_single && value[i] == '\'' ? 2 : 1;
        }
    }
    return decode_end(&decoded, at < to ? at : to);
}

/* ---- Nodes --------------------------------------------------------------------------------- */

static struct node *new_node(struct loader *loader, enum node_kind kind, const yaml_event_t *event)
{
    struct node *node = memory_take(loader->tree->reading->memory, sizeof *node);
    node->kind = kind;
    node->from = offset_of(loader, event->start_mark.index);
    node->to = offset_of(loader, event->end_mark.index);
    /* A scalar's places begin where it does: the next event is behind. */
    node->next = loader->tree->nodes;
    loader->tree->nodes = node;
    return node;
}

static void append(struct loader *loader, struct node *node)
{
    struct tree *tree = loader->tree;
    if (loader->depth == 0) {
        tree->documents =
            memory_grow(tree->documents, tree->count, &tree->capacity, sizeof(struct node *));
        tree->documents[tree->count++] = node;
        return;
    }
    struct node *parent = loader->open[loader->depth - 1];
    parent->children =
        memory_grow(parent->children, parent->count, &parent->capacity, sizeof(struct node *));
    parent->children[parent->count++] = node;
}

static void name_node(struct loader *loader, const yaml_char_t *anchor, struct node *node)
{
    if (anchor == NULL || loader->anchor_count == 1000)
        return;
    loader->anchors = memory_grow(loader->anchors, loader->anchor_count, &loader->anchor_capacity,
                                  sizeof *loader->anchors);
    struct memory *memory = loader->tree->reading->memory;
    const struct cors_bytes name = memory_copy_string(memory, (const char *)anchor);
    loader->anchors[loader->anchor_count++] = (struct anchor){(char *)name.at, node};
}

static bool is_open(const struct loader *loader, const struct node *node)
{
    for (size_t i = 0; i < loader->depth; i++)
        if (loader->open[i] == node)
            return true;
    return false;
}

static void add_alias(struct loader *loader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    for (size_t i = loader->anchor_count; i > 0; i--) {
        struct node *node = loader->anchors[i - 1].node;
        if (strcmp(loader->anchors[i - 1].name, name) == 0 && !is_open(loader, node)) {
            append(loader, node);
            return;
        }
    }
    struct node *nothing = new_node(loader, NODE_SCALAR, event);
    nothing->tagged = true;
    nothing->text = string_as_is(loader->tree->reading, nothing->from, nothing->from);
    append(loader, nothing);
}

static void add_scalar(struct loader *loader, const yaml_event_t *event)
{
    struct node *node = new_node(loader, NODE_SCALAR, event);
    const yaml_char_t *tag = event->data.scalar.tag;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->tagged = tag != NULL && strncmp((const char *)tag, "tag:yaml.org", 12) != 0;
    node->text = place_scalar(loader, event, node->from, node->to);
    append(loader, node);
    name_node(loader, event->data.scalar.anchor, node);
}

static bool add_group(struct loader *loader, enum node_kind kind, const yaml_event_t *event)
{
    struct node *node = new_node(loader, kind, event);
    append(loader, node);
    name_node(loader,
              kind == NODE_LIST ? event->data.sequence_start.anchor
                                : event->data.mapping_start.anchor,
              node);
    if (loader->depth == MOST_DEPTH) {
        find_broken(loader->tree->reading, node->from, "the file is nested too deep");
        return false;
    }
    loader->open[loader->depth++] = node;
    return true;
}

/* False: the file ends here. */
static bool load(struct loader *loader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        add_scalar(loader, event);
        return true;
    case YAML_ALIAS_EVENT:
        add_alias(loader, event);
        return true;
    case YAML_SEQUENCE_START_EVENT:
        return add_group(loader, NODE_LIST, event);
    case YAML_MAPPING_START_EVENT:
        return add_group(loader, NODE_MAP, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        loader->depth--;
        loader->open[loader->depth]->to = offset_of(loader, event->end_mark.index);
        return true;
    default:
        return event->type != YAML_STREAM_END_EVENT;
    }
}

void read_tree(struct reading *reading, struct tree *tree)
{
    struct loader loader = {.tree = tree};
    *tree = (struct tree){.reading = reading};
    if (yaml_parser_initialize(&loader.parser) == 0)
        return;
    yaml_parser_set_encoding(&loader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&loader.parser, (const unsigned char *)reading->bytes.at,
                                 reading->bytes.len);
    for (bool goes_on = true; goes_on;) {
        yaml_event_t event;
        if (yaml_parser_parse(&loader.parser, &event) == 0) {
            const char *problem =
                loader.parser.problem == NULL ? "it ends early" : loader.parser.problem;
            const size_t index = loader.parser.problem_mark.index;
            find_broken(reading, offset_of(&loader, index),
                        memory_format(reading->memory, "this is not well-formed: %s", problem).at);
            break;
        }
        goes_on = load(&loader, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&loader.parser);
    free(loader.anchors);
}

void free_tree(struct tree *tree)
{
    for (struct node *node = tree->nodes; node != NULL; node = node->next)
        free(node->children);
    free(tree->documents);
}

/* ---- Keys ---------------------------------------------------------------------------------- */

bool same_key(struct cors_bytes name, const char *key)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '-' || name.at[i] == '_')
            continue;
        while (*key == '-' || *key == '_')
            key++;
        if (*key == '\0' || tolower((unsigned char)name.at[i]) != tolower((unsigned char)*key))
            return false;
        key++;
    }
    return *key == '\0';
}

const struct node *value_of(const struct node *map, const char *key)
{
    if (map == NULL || map->kind != NODE_MAP)
        return NULL;
    const struct node *merged = NULL;
    for (size_t i = 0; i + 1 < map->count; i += 2) {
        if (map->children[i]->kind != NODE_SCALAR)
            continue;
        if (same_key(map->children[i]->text.bytes, key))
            return map->children[i + 1];
        if (bytes_are_string(map->children[i]->text.bytes, "<<"))
            merged = map->children[i + 1];
    }
    if (merged == NULL || merged->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i + 1 < merged->count; i += 2)
        if (merged->children[i]->kind == NODE_SCALAR &&
            same_key(merged->children[i]->text.bytes, key))
            return merged->children[i + 1];
    return NULL;
}

bool is_true(const struct node *node)
{
    return node != NULL && node->kind == NODE_SCALAR &&
           (same_letters(node->text.bytes, "true") || same_letters(node->text.bytes, "yes") ||
            same_letters(node->text.bytes, "on"));
}
