/// Pulls, updates, tags and removes images, and knows which are behind their registries.
@NullMarked
package dev.berth.images;

import org.jspecify.annotations.NullMarked;
