/// The nouns of the house: ids, references, sizes, ports, limits, containers, images and failures.
@NullMarked
package dev.berth.model;

import org.jspecify.annotations.NullMarked;
