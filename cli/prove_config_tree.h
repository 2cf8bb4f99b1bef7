/* A YAML or JSON file as a tree. Invariants: no deeper than MOST_DEPTH; an alias is the node it
 * stands for, so that a tree may be seen often but holds no node twice; no node contains itself. */
#ifndef CORSIM_CLI_PROVE_CONFIG_TREE_H
#define CORSIM_CLI_PROVE_CONFIG_TREE_H

#include "prove_config_parts.h"

enum node_kind { NODE_SCALAR = 0, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool plain;  /* a scalar without quotes */
    bool tagged; /* !Ref and the like: its value is made elsewhere */
    uint32_t from, to;
    struct config_string text; /* of a scalar */
    /* Of a list its elements; of a map keys and values in turns. */
    struct node **children;
    size_t count, capacity;
    struct node *next; /* of all nodes */
};

struct tree {
    struct reading *reading;
    struct node *nodes;      /* all of them, to be freed */
    struct node **documents; /* their roots */
    size_t count, capacity;
};

/* What could be read before a flaw is there; the flaw is said. */
void read_tree(struct reading *reading, struct tree *tree);
void free_tree(struct tree *tree);

/* Whether two names are the same but for case, dashes and underscores. */
bool same_key(struct cors_bytes name, const char *key);
/* NULL: the map has no such key, or it is no map. */
const struct node *value_of(const struct node *map, const char *key);
bool is_true(const struct node *node);

/* prove_config_yaml.c: the same for settings with names of one line each. */
void find_setting(struct reading *reading, struct found *found, const char *preset,
                  struct config_string value);

#endif
