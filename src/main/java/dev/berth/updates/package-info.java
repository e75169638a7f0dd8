/// Replaces a container by its successor from a newer image, with a way back from everywhere.
@NullMarked
package dev.berth.updates;

import org.jspecify.annotations.NullMarked;
