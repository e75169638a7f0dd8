/// Asks registries directly, in the words of the distribution specification.
@NullMarked
package dev.berth.images.registry;

import org.jspecify.annotations.NullMarked;
