/// Samples of every running container, and the percentages made of them.
@NullMarked
package dev.berth.stats;

import org.jspecify.annotations.NullMarked;
