/// Reads JSON strictly, with every fault at once, and writes it with sorted keys.
@NullMarked
package dev.berth.json;

import org.jspecify.annotations.NullMarked;
