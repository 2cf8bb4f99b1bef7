#include "hunt_parts.h"
void hunt_learn(struct hunt *hunt)
{
    (void)hunt;
}
