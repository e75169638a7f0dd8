/// Pulls, updates and removes images.
@NullMarked
package dev.berth.images;

import org.jspecify.annotations.NullMarked;
