/// Creates and removes containers, and leaves nothing half made.
@NullMarked
package dev.berth.containers;

import org.jspecify.annotations.NullMarked;
